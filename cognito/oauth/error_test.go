package oauth_test

import (
	"errors"
	"reflect"
	"testing"

	"github.com/poolguard/poolguard/cognito/oauth"
)

// TestNilErrorIsNoError calls every method of a nil *Error.
func TestNilErrorIsNoError(t *testing.T) {
	none := reflect.ValueOf((*oauth.Error)(nil))
	for n := range none.NumMethod() {
		name := none.Type().Method(n).Name
		var in []reflect.Value
		for m := range none.Method(n).Type().NumIn() {
			in = append(in, reflect.Zero(none.Method(n).Type().In(m)))
		}
		for _, result := range none.Method(n).Call(in) {
			if !result.IsZero() && name != "Error" {
				t.Errorf("%s returns %v, want the zero value", name, result)
			}
		}
	}
	if oauth.CodeOf((*oauth.Error)(nil)) != "" || errors.Is((*oauth.Error)(nil), oauth.Code("")) {
		t.Error("a nil *Error has a code")
	}
}
