package attributes

import (
	"cmp"
	"regexp"
	"strconv"
	"unicode/utf8"

	"github.com/poolguard/poolguard/userpool/internal/directory"
)

// MaxValue is the longest value of an attribute, in characters (AttributeValueType).
const MaxValue = 2048

// numberFormat is a guess: what Cognito takes for a Number is not documented.
var numberFormat = regexp.MustCompile(`^-?[0-9]+(?:\.[0-9]+)?$`)

// valueFault says what is wrong with the value of an attribute, or "". The words for
// strings are Cognito's, the others are guesses; what a DateTime must look like is
// not documented.
func valueFault(a directory.Attribute, value string) string {
	switch a.AttributeDataType {
	case "Boolean":
		if value != "true" && value != "false" {
			return "must be true or false"
		}
	case "Number":
		limits := cmp.Or(a.NumberAttributeConstraints, &directory.NumberConstraints{})
		return numberFault(value, limits.MinValue, limits.MaxValue)
	case "DateTime":
	default:
		limits := cmp.Or(a.StringAttributeConstraints, &directory.StringConstraints{})
		return stringFault(value, limits.MinLength, limits.MaxLength)
	}
	return ""
}

// stringFault judges a length. A limit that is no number is none.
func stringFault(value, low, high string) string {
	least, _ := strconv.Atoi(low)
	most, err := strconv.Atoi(high)
	if err != nil || most > MaxValue {
		most = MaxValue
	}
	switch n := utf8.RuneCountInString(value); {
	case n < least:
		return "String must be no shorter than " + strconv.Itoa(least) + " characters"
	case n > most:
		return "String must be no longer than " + strconv.Itoa(most) + " characters"
	}
	return ""
}

func numberFault(value, low, high string) string {
	n, err := strconv.ParseFloat(value, 64)
	if err != nil || !numberFormat.MatchString(value) {
		return "Value must be a number"
	}
	if least, err := strconv.ParseFloat(low, 64); err == nil && n < least {
		return "Number must be no less than " + low
	}
	if most, err := strconv.ParseFloat(high, 64); err == nil && n > most {
		return "Number must be no greater than " + high
	}
	return ""
}
