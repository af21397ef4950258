package telemetry

import "github.com/poolguard/poolguard/cognito"

// codes has the codes of the library at their places in a [Table]. The first two places are for
// accepted tokens and for codes that an application defines ([cognito.NewError]): an application
// could derive codes from data, and each would add a series.
var codes = append([]cognito.Code{"", ""}, cognito.Codes()...)

const (
	acceptedPlace = 0
	otherPlace    = 1
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

func codePlace(code cognito.Code) int {
	if code == "" {
		return acceptedPlace
	}
	if place, ok := placeOf[code]; ok {
		return place
	}
	return otherPlace
}

// CodeLabel returns the text of a code: accepted for "", other for a code that is not one of
// [cognito.Codes], and the code itself for the rest. The number of texts is bounded.
func CodeLabel(code cognito.Code, accepted, other string) string {
	switch place := codePlace(code); place {
	case acceptedPlace:
		return accepted
	case otherPlace:
		return other
	default:
		return string(codes[place])
	}
}

func usePlace(use cognito.TokenUse) int {
	switch use {
	case cognito.TokenUseAccess:
		return 1
	case cognito.TokenUseID:
		return 2
	}
	return 0
}

func booleanPlace(b bool) int {
	if b {
		return 1
	}
	return 0
}
