package promcognito

import "github.com/poolguard/poolguard/cognito"

// Values of the label code that are no codes of the library.
const (
	accepted = "accepted"
	other    = "other" // a code that a check of the application made up (cognito.NewError)
)

// codes are the values of the label code, and their places in a table of verdicts.
// Those that are not in here are counted as other: an application could make codes of
// data, and so an endless number of series.
var codes = append([]cognito.Code{accepted, other}, cognito.Codes()...)

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

// uses are the values of the label token_use.
var uses = [...]string{"unknown", string(cognito.TokenUseAccess), string(cognito.TokenUseID)}

func usePlace(use cognito.TokenUse) int {
	switch use {
	case cognito.TokenUseAccess:
		return 1
	case cognito.TokenUseID:
		return 2
	}
	return 0
}

// booleans are the values of the label cached.
var booleans = [...]string{"false", "true"}

func booleanPlace(b bool) int {
	if b {
		return 1
	}
	return 0
}
