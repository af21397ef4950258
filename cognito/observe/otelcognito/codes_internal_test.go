package otelcognito

import (
	"testing"

	"github.com/poolguard/poolguard/cognito"
)

// TestCodePlaces: each code has its own, and what an application made up has none.
func TestCodePlaces(t *testing.T) {
	if len(codes) != codePlaces || codes[acceptedPlace] != "" || codes[otherPlace] != "" {
		t.Errorf("%d codes at %d places", len(codes), codePlaces)
	}
	for place, code := range codes {
		if place > otherPlace && codePlace(code) != place {
			t.Errorf("%s is at %d", code, codePlace(code))
		}
	}
	for code, want := range map[cognito.Code]int{"": acceptedPlace, "accepted": otherPlace, "_OTHER": otherPlace, "made_up": otherPlace} {
		if codePlace(code) != want {
			t.Errorf("%q is at %d", string(code), codePlace(code))
		}
	}
}
