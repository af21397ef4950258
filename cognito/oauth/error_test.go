package oauth_test

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"reflect"
	"syscall"
	"testing"

	"github.com/poolguard/poolguard/cognito/oauth"
)

// TestErrorSaysWhatThePoolReported, with the description if there is one, and the cause.
func TestErrorSaysWhatThePoolReported(t *testing.T) {
	t.Parallel()
	p := newPool()
	client := p.client(t)
	for _, c := range []struct {
		answer *http.Response
		err    error
		want   string
	}{
		{respondJSON(503, map[string]string{"error": "slow_down", "error_description": "later"}), nil,
			`oauth: unavailable: the revocation got HTTP status 503; try again (slow_down: "later")`},
		{respondJSON(400, map[string]string{"error": "invalid_grant", "error_description": "it was used"}), nil,
			`oauth: invalid_grant: the revocation was refused by the user pool (invalid_grant: "it was used")`},
		{respondJSON(400, map[string]string{"error": "invalid_grant"}), nil,
			`oauth: invalid_grant: the revocation was refused by the user pool (invalid_grant)`},
		{respondJSON(400, map[string]string{"error": "server_error"}), nil,
			`oauth: unavailable: the revocation failed at the user pool; try again (server_error)`},
		{nil, &net.OpError{Op: "dial", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}, `oauth: unavailable: the revocation got no answer; try again: connection refused`},
	} {
		p.answer = func(*http.Request, url.Values) (*http.Response, error) { return c.answer, c.err }
		if err := client.Revoke(t.Context(), oldRefresh); err == nil || err.Error() != c.want {
			t.Errorf("got  %v\nwant %s", err, c.want)
		}
	}
}

func TestErrorWithoutCodeIsNoOtherError(t *testing.T) {
	t.Parallel()
	if errors.Is(&oauth.Error{}, errors.New("another")) {
		t.Error("the zero Error is another error")
	}
	if got := oauth.CodeOf(fmt.Errorf("wrapped: %w", oauth.ErrInvalidGrant)); got != oauth.ErrInvalidGrant {
		t.Errorf("the code of a code is %q", got)
	}
}

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
