package otelcognito

import (
	"go.opentelemetry.io/otel/attribute"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"

	"github.com/poolguard/poolguard/cognito"
)

// codes are the codes of the library, and their places in a table of verdicts, the
// first two of which are taken. All others are "_OTHER", the conventions' word: an
// application could make codes (cognito.NewError) of data, and so an endless number of
// attribute sets.
var codes = append([]cognito.Code{"", ""}, cognito.Codes()...)

const (
	acceptedPlace = 0
	otherPlace    = 1
	codePlaces    = 28 // len(codes), which is no constant; a test compares the two
)

var placeOf = func() map[cognito.Code]int {
	places := make(map[cognito.Code]int, len(codes))
	for place, code := range codes {
		if place > otherPlace {
			places[code] = place
		}
	}
	return places
}()

// codePlace returns the place of a code in codes.
func codePlace(code cognito.Code) int {
	if code == "" {
		return acceptedPlace
	}
	if place, ok := placeOf[code]; ok {
		return place
	}
	return otherPlace
}

// describeVerdict appends the attributes of a verification but its pool's. Those of
// measurements and of spans are the same.
func describeVerdict(attributes []attribute.KeyValue, v cognito.Verification) []attribute.KeyValue {
	attributes = append(attributes, cacheHitKey.Bool(v.CacheHit))
	if usePlace(v.TokenUse) != 0 {
		attributes = append(attributes, tokenUseKey.String(string(v.TokenUse)))
	}
	switch place := codePlace(v.Code); place {
	case acceptedPlace: // the conventions: error.type is for failures alone
	case otherPlace:
		attributes = append(attributes, semconv.ErrorTypeOther)
	default:
		attributes = append(attributes, semconv.ErrorTypeKey.String(string(codes[place])))
	}
	return attributes
}

// usePlace returns the place of a kind in a table of verdicts; 0 is none of the two.
func usePlace(use cognito.TokenUse) int {
	switch use {
	case cognito.TokenUseAccess:
		return 1
	case cognito.TokenUseID:
		return 2
	}
	return 0
}
