package bearer

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/internal/rule"
)

// DefaultRealm is the realm of challenges if none is configured. Every challenge has a
// realm: it must have a parameter (RFC 6750 §3), and the challenge for a request without
// a token should have no error (§3.1).
const DefaultRealm = "cognito"

// An answer is what a code means over HTTP.
type answer struct {
	status int
	// challenge is the error attribute of WWW-Authenticate (RFC 6750 §3.1, RFC 9470
	// §3), "" for a challenge without one.
	challenge string
}

// The answers that there are.
//
// RFC 6750 knows one error for a good token that is not enough, insufficient_scope:
// "the request requires higher privileges than provided by the access token". A
// missing group is that too, so it gets the same, as from other resource servers,
// but without a scope attribute: no scope would help. The body's code tells.
var (
	noCredential = answer{http.StatusUnauthorized, ""}
	badRequest   = answer{http.StatusBadRequest, "invalid_request"}
	badToken     = answer{http.StatusUnauthorized, "invalid_token"}
	weakSignIn   = answer{http.StatusUnauthorized, "insufficient_user_authentication"}
	notEnough    = answer{http.StatusForbidden, "insufficient_scope"}
	// Nothing is wrong with the request, so there is no challenge.
	notKnown = answer{http.StatusServiceUnavailable, ""}
)

// answers is the one place where codes become statuses.
var answers = map[cognito.Code]answer{
	cognito.ErrTokenMissing:   noCredential,
	cognito.ErrRequestInvalid: badRequest,

	cognito.ErrTokenTooLarge:       badToken,
	cognito.ErrEncryptedToken:      badToken,
	cognito.ErrTokenMalformed:      badToken,
	cognito.ErrAlgorithmNotAllowed: badToken,
	cognito.ErrIssuerMismatch:      badToken,
	cognito.ErrKeyNotFound:         badToken,
	cognito.ErrSignatureInvalid:    badToken,
	cognito.ErrClaimMissing:        badToken,
	cognito.ErrClaimInvalid:        badToken,
	cognito.ErrTokenUseMismatch:    badToken,
	cognito.ErrClientMismatch:      badToken,
	cognito.ErrTokenExpired:        badToken,
	cognito.ErrTokenNotYetValid:    badToken,
	cognito.ErrAudienceMismatch:    badToken,
	cognito.ErrNonceMismatch:       badToken,
	cognito.ErrTokenRevoked:        badToken,

	cognito.ErrAuthenticationTooWeak: weakSignIn,
	cognito.ErrAuthenticationTooOld:  weakSignIn,

	cognito.ErrScopeMissing:  notEnough,
	cognito.ErrGroupMissing:  notEnough,
	cognito.ErrClaimMismatch: notEnough,
	cognito.ErrAccessDenied:  notEnough,

	cognito.ErrKeysUnavailable:  notKnown,
	cognito.ErrCheckUnavailable: notKnown,
}

// refusal returns the error of package cognito in err, as [rule.Refusal] does.
func refusal(err error) *cognito.Error { return rule.Refusal(err, "request") }

// answerTo returns what is answered to err. A code that package cognito does not
// define is the application's own, from a check of its own that refused a good
// token ([cognito.Require]).
func answerTo(e *cognito.Error) answer {
	if a, ok := answers[e.Code()]; ok {
		return a
	}
	return notEnough
}

// StatusCode returns the HTTP status for an error of verification: 400, 401, 403 or
// 503. An error that is not of package cognito, nil too, is 503: it is not known
// whether the request may pass.
func StatusCode(err error) int { return answerTo(refusal(err)).status }

// Challenge returns the value of WWW-Authenticate for an error of verification
// (RFC 6750 §3, RFC 9470 §3), "" where none is due. The realm must be printable
// ASCII without quotes and backslashes; any other, and "", is [DefaultRealm].
func Challenge(err error, realm string) string { return challenge(err, realm, "") }

// Challenge is [Challenge] with the Realm and the ResourceMetadata of c, for an ErrorHandler.
func (c *Config) Challenge(err error) string { return challenge(err, c.Realm, c.ResourceMetadata) }

func challenge(err error, realm, metadata string) string {
	e := refusal(err)
	a := answerTo(e)
	if a == notKnown {
		return ""
	}
	if realm == "" || !isQuotable(realm) {
		realm = DefaultRealm
	}
	var b strings.Builder
	b.WriteString(`Bearer realm="` + realm + `"`)
	parameter := func(name, value string) {
		if value != "" && isQuotable(value) {
			b.WriteString(", " + name + `="` + value + `"`)
		}
	}
	parameter("resource_metadata", metadata)
	if a.challenge == "" {
		return b.String()
	}
	parameter("error", a.challenge)
	parameter("error_description", quotable(e.Message()))
	parameter("scope", strings.Join(e.RequiredScopes(), " "))
	parameter("acr_values", e.RequiredACR())
	if age := e.RequiredMaxAge(); age > 0 {
		parameter("max_age", strconv.FormatInt(int64(age/time.Second), 10)) // a sign-in of that age is recent enough
	}
	return b.String()
}

// WriteError answers a request that err refuses: status, challenge, Retry-After of
// temporary errors, and a body in JSON, {"error":{"code":…,"message":…}}, which has
// no more of the error than [cognito.Error.Message]. The answer is not to be
// cached. For the realm see [Challenge].
func WriteError(w http.ResponseWriter, r *http.Request, err error, realm string) {
	writeError(w, r, err, Challenge(err, realm))
}

func writeError(w http.ResponseWriter, r *http.Request, err error, challenge string) {
	e := refusal(err)
	type detail struct {
		Code    cognito.Code `json:"code"`
		Message string       `json:"message"`
	}
	body, _ := json.Marshal(map[string]detail{"error": {e.Code(), e.Message()}}) // two strings: it cannot fail
	body = append(body, '\n')

	header := w.Header()
	if challenge != "" {
		header.Set("WWW-Authenticate", challenge)
	}
	status := answerTo(e).status
	if status == http.StatusServiceUnavailable {
		header.Set("Retry-After", strconv.FormatInt(seconds(e.RetryAfter()), 10))
	}
	header.Set("Content-Type", "application/json")
	header.Set("Content-Length", strconv.Itoa(len(body)))
	header.Set("Cache-Control", "no-store")
	header.Set("X-Content-Type-Options", "nosniff")
	// Those of the answer that there would have been.
	for _, name := range []string{"Content-Encoding", "Etag", "Last-Modified"} {
		header.Del(name)
	}
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // whoever went away does not need it
	}
}

// seconds rounds up, to at least one: 0 would have every client come back at once.
func seconds(d time.Duration) int64 {
	whole := int64(d / time.Second)
	if d%time.Second > 0 {
		whole++
	}
	return max(1, whole)
}

// isQuotable reports whether s may stand between quotes in a challenge as it is: it
// has the characters of error_description in RFC 6750 §3 only.
func isQuotable(s string) bool {
	for n := range len(s) {
		if c := s[n]; c < 0x20 || c > 0x7e || c == '"' || c == '\\' {
			return false
		}
	}
	return true
}

// quotable makes a message fit for a challenge, and short enough: proxies refuse
// answers with long headers.
func quotable(message string) string {
	const longest = 200
	var b strings.Builder
	for _, c := range message {
		switch {
		case b.Len() >= longest:
			return b.String() + "..."
		case c == '"':
			b.WriteByte('\'')
		case c == '…':
			b.WriteString("...")
		case c < 0x20 || c > 0x7e || c == '\\':
			b.WriteByte('?')
		default:
			b.WriteRune(c)
		}
	}
	return b.String()
}
