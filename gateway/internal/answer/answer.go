package answer

import (
	"cmp"
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/bearer"
	"github.com/poolguard/poolguard/gateway/internal/authz"
)

// The codes of denials that only the gateway has.
const (
	// ErrSessionMissing: a page without a session.
	ErrSessionMissing cognito.Code = "session_missing"
	// ErrProxyUntrusted: the caller is not one of the trusted proxies.
	ErrProxyUntrusted cognito.Code = "proxy_untrusted"
	// ErrRateLimited: too many forged tokens came from this client.
	ErrRateLimited cognito.Code = "rate_limited"
)

// The headers that say why a request is denied.
const (
	Challenge  = "Www-Authenticate"
	ErrorCode  = "X-Auth-Error"
	RetryAfter = "Retry-After"
)

// A Denial is a denied request, as its sender may see it.
type Denial struct {
	// Err is the reason. Only its code, its message and what it requires are shown.
	Err *cognito.Error
	// Realm and ResourceMetadata are parameters of the challenge, as in [bearer.Config].
	Realm, ResourceMetadata string
	// AllowOrigin is the origin whose pages may read the answer, "" for none.
	AllowOrigin string
	// AllowCredentials lets those pages read it also if they sent cookies.
	AllowCredentials bool
}

// Of returns the denial of a decision. A decision without a reason is access_denied.
func Of(d *authz.Decision) Denial {
	return Denial{
		Err:              cmp.Or(d.Err, cognito.NewError(cognito.ErrAccessDenied, "the request is denied")),
		ResourceMetadata: d.ResourceMetadata, AllowOrigin: d.AllowOrigin, AllowCredentials: d.AllowCredentials,
	}
}

// Panicked returns the denial of a request whose check panicked. It says nothing about the
// request.
func Panicked() *Denial {
	return &Denial{Err: cognito.NewError(cognito.ErrCheckUnavailable, "the request could not be checked; try again")}
}

// Status returns the HTTP status of a code, as the table of codes has it.
func Status(code cognito.Code) int {
	switch code {
	case ErrSessionMissing:
		return http.StatusUnauthorized
	case authz.ErrPathAmbiguous:
		return http.StatusBadRequest
	case ErrProxyUntrusted:
		return http.StatusForbidden
	case ErrRateLimited:
		return http.StatusTooManyRequests
	default:
		return bearer.StatusCode(cognito.NewError(code, ""))
	}
}

// Status returns the HTTP status of the denial.
func (d *Denial) Status() int { return Status(d.Err.Code()) }

// SetHeader sets the headers of the denial in dst. There is no header of an identity among
// them.
func (d *Denial) SetHeader(dst http.Header) {
	if challenge := d.challenge(); challenge != "" {
		dst[Challenge] = []string{challenge}
	}
	if after := d.retryAfter(); after > 0 {
		dst[RetryAfter] = []string{strconv.FormatInt(after, 10)}
	}
	dst[ErrorCode] = []string{string(d.Err.Code())}
	dst["Cache-Control"] = []string{"no-store"}
	dst["Content-Type"] = []string{"application/json"}
	dst["X-Content-Type-Options"] = []string{"nosniff"}
	d.setCORS(dst)
}

func (d *Denial) setCORS(dst http.Header) {
	if d.AllowOrigin == "" {
		return
	}
	dst["Access-Control-Allow-Origin"] = []string{d.AllowOrigin}
	dst["Access-Control-Expose-Headers"] = []string{"WWW-Authenticate, X-Auth-Error, Retry-After"}
	dst["Vary"] = []string{"Origin"}
	if d.AllowCredentials {
		dst["Access-Control-Allow-Credentials"] = []string{"true"}
	}
}

// challenge returns the value of WWW-Authenticate. A session is no bearer token, so a
// request without one gets the challenge of a request without a token. The other codes of
// the gateway say nothing about a token.
func (d *Denial) challenge() string {
	err := d.Err
	switch err.Code() {
	case ErrSessionMissing:
		err = cognito.NewError(cognito.ErrTokenMissing, err.Message())
	case authz.ErrPathAmbiguous, ErrProxyUntrusted, ErrRateLimited:
		return ""
	default:
	}
	config := bearer.Config{Realm: d.Realm, ResourceMetadata: d.ResourceMetadata}
	return config.Challenge(err)
}

// retryAfter returns the seconds to wait, 0 if waiting does not help. They are rounded up:
// 0 would make every client return at once.
func (d *Denial) retryAfter() int64 {
	after := int64((d.Err.RetryAfter() + time.Second - 1) / time.Second)
	if after == 0 && (d.Err.Temporary() || d.Err.Code() == ErrRateLimited) {
		return 1
	}
	return after
}

// Body returns the body of the denial, JSON with the code and the message.
func (d *Denial) Body() []byte {
	type detail struct {
		Code    cognito.Code `json:"code"`
		Message string       `json:"message"`
	}
	body, err := json.Marshal(map[string]detail{"error": {d.Err.Code(), d.Err.Message()}})
	if err != nil {
		return []byte("{}\n") // two strings: it cannot fail
	}
	return append(body, '\n')
}
