package cognito

import (
	"errors"
	"strings"
	"testing"
	"time"
)

func TestErrorDetails(t *testing.T) {
	plain, cause := NewError(ErrKeysUnavailable, "try again"), errors.New("dial tcp")
	e := plain.Because(cause).RetryIn(time.Minute)
	if !errors.Is(e, ErrKeysUnavailable) || !errors.Is(e, cause) || e.RetryAfter() != time.Minute || e.Message() != "try again" || !strings.HasSuffix(e.Error(), ": dial tcp") {
		t.Errorf("%v, %v", e, e.RetryAfter())
	}
	if plain.Unwrap() != nil || plain.RetryAfter() != 0 {
		t.Errorf("the error itself was changed: %v", plain)
	}
	if plain.RetryIn(-time.Second).RetryAfter() != 0 {
		t.Error("a time in the past")
	}
	var none *Error
	if none.Because(cause) != nil || none.RetryIn(1) != nil {
		t.Error("nil has become an error")
	}
}
