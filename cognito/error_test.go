package cognito

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestErrorDetails(t *testing.T) {
	plain, cause := NewError(ErrKeysUnavailable, "try again"), errors.New("dial tcp")
	e := plain.WithCause(cause).WithRetryAfter(time.Minute)
	if !errors.Is(e, ErrKeysUnavailable) || !errors.Is(e, cause) || e.RetryAfter() != time.Minute || e.Message() != "try again" || !strings.HasSuffix(e.Error(), ": dial tcp") {
		t.Errorf("%v, %v", e, e.RetryAfter())
	}
	if plain.Unwrap() != nil || plain.RetryAfter() != 0 {
		t.Errorf("the error itself was changed: %v", plain)
	}
	if plain.WithRetryAfter(-time.Second).RetryAfter() != 0 {
		t.Error("a time in the past")
	}
	var none *Error
	if none.WithCause(cause) != nil || none.WithRetryAfter(1) != nil {
		t.Error("nil has become an error")
	}
}

// TestNilErrorIsNoError calls every method of a nil *Error.
func TestNilErrorIsNoError(t *testing.T) {
	none := reflect.ValueOf((*Error)(nil))
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
	if CodeOf((*Error)(nil)) != "" || errors.Is((*Error)(nil), ErrAccessDenied) {
		t.Error("a nil *Error has a code")
	}
}

// TestZeroError: what a check of the application returned is a refusal and is told as
// one.
func TestZeroError(t *testing.T) {
	var e Error
	if e.Code() != ErrAccessDenied || CodeOf(&e) != ErrAccessDenied || !errors.Is(&e, ErrAccessDenied) || !strings.Contains(e.Error(), string(ErrAccessDenied)) {
		t.Errorf("%v, %q", &e, e.Code())
	}
	var told Code
	v := Verifier{observer: &Observer{VerificationEnded: func(_ context.Context, seen Verification) { told = seen.Code }}}
	v.ObserveRefusal(t.Context(), &e)
	if told != ErrAccessDenied {
		t.Errorf("told %q", told)
	}
}
