package cognito

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/poolguard/poolguard/cognito/internal/jose"
)

// A Requirement is something that a verified token must meet beside being good: a
// scope, a group, a recent sign-in. It is passed to the methods of [Verifier], or
// to [Config.Require] for every token. Make one once and use it for as many tokens
// as you like, concurrently. The zero Requirement refuses every token, as does one
// that was made wrongly, for example RequireScopes without a scope.
type Requirement struct {
	stage stage
	code  Code
	text  string // what is asked for, for messages
	fault string // why nothing can meet it
	check func(ctx context.Context, t *contents, now time.Time) *Error
}

// Err returns why no token can ever meet the requirement, such as that it names no
// scope, and nil for one that was made well. Adapters that are configured with
// requirements ask it, so that a mistake shows at the start.
func (r Requirement) Err() error {
	switch {
	case r.check == nil:
		return errors.New("is an empty requirement")
	case r.fault != "":
		return errors.New("can never be met: " + r.fault)
	}
	return nil
}

// A stage is where in the order of checks a requirement has its turn.
type stage uint8

const (
	stageCustom stage = iota // last; that of the zero Requirement
	stageAudience
	stageNonce
	stageRevocation // Config.Revoked, no requirement
	stageACR
	stageAuthTime
	stageScopes
	stageGroups
	stageClaims
)

// RequireScopes asks that the access token was granted every one of the scopes. ID
// tokens have none.
func RequireScopes(scopes ...string) Requirement {
	scopes = slices.Clone(scopes)
	r := Requirement{stage: stageScopes, code: ErrScopeMissing, text: "scopes " + list(scopes), fault: scopeFault(scopes)}
	r.check = func(_ context.Context, t *contents, _ time.Time) *Error {
		for _, s := range scopes {
			if !slices.Contains(t.scopes, s) {
				return missingScope(t, scopes, "the scope "+quote(s)+" is missing")
			}
		}
		return nil
	}
	return r
}

// RequireAnyScope asks that the access token was granted at least one of the
// scopes.
func RequireAnyScope(scopes ...string) Requirement {
	scopes = slices.Clone(scopes)
	r := Requirement{stage: stageScopes, code: ErrScopeMissing, text: "one of the scopes " + list(scopes), fault: scopeFault(scopes)}
	r.check = func(_ context.Context, t *contents, _ time.Time) *Error {
		if !slices.ContainsFunc(scopes, func(s string) bool { return slices.Contains(t.scopes, s) }) {
			return missingScope(t, scopes, "none of the scopes "+list(scopes)+" is there")
		}
		return nil
	}
	return r
}

func missingScope(t *contents, scopes []string, what string) *Error {
	e := refuse(ErrScopeMissing, "scope", "%s; the token has %s", what, list(t.scopes))
	e.want.scopes = scopes
	return e
}

func scopeFault(scopes []string) string {
	for _, s := range scopes {
		if !isScope(s) {
			return fmt.Sprintf("the required scope %s is not a scope: name each one by itself", quote(s))
		}
	}
	if len(scopes) == 0 {
		return "the call requires scopes but names none"
	}
	return ""
}

// isScope allows what a scope-token is made of (RFC 6749 §3.3); a space separates
// scopes, so a name with one can never be there.
func isScope(s string) bool {
	for _, c := range []byte(s) {
		if c < 0x21 || c > 0x7e || c == '"' || c == '\\' {
			return false
		}
	}
	return s != ""
}

// RequireGroups asks that the user is in every one of the groups (the claim
// cognito:groups).
func RequireGroups(groups ...string) Requirement {
	groups = slices.Clone(groups)
	r := Requirement{stage: stageGroups, code: ErrGroupMissing, text: "groups " + list(groups), fault: groupFault(groups)}
	r.check = func(_ context.Context, t *contents, _ time.Time) *Error {
		for _, g := range groups {
			if !slices.Contains(t.groups, g) {
				return refuse(ErrGroupMissing, "cognito:groups", "the group %s is missing; the token has %s", quote(g), list(t.groups))
			}
		}
		return nil
	}
	return r
}

// RequireAnyGroup asks that the user is in at least one of the groups.
func RequireAnyGroup(groups ...string) Requirement {
	groups = slices.Clone(groups)
	r := Requirement{stage: stageGroups, code: ErrGroupMissing, text: "one of the groups " + list(groups), fault: groupFault(groups)}
	r.check = func(_ context.Context, t *contents, _ time.Time) *Error {
		if !slices.ContainsFunc(groups, func(g string) bool { return slices.Contains(t.groups, g) }) {
			return refuse(ErrGroupMissing, "cognito:groups", "none of the groups %s is there; the token has %s", list(groups), list(t.groups))
		}
		return nil
	}
	return r
}

func groupFault(groups []string) string {
	switch {
	case len(groups) == 0:
		return "the call requires groups but names none"
	case slices.Contains(groups, ""):
		return "the call requires a group without a name"
	}
	return ""
}

// RequireNonce asks that the ID token carries this nonce, the one that was sent
// when the sign-in began (OpenID Connect Core §3.1.3.7, step 11). Tokens from a
// refresh need not have it.
func RequireNonce(nonce string) Requirement {
	r := Requirement{stage: stageNonce, code: ErrNonceMismatch, text: "a nonce"}
	if nonce == "" {
		r.fault = "the call requires an empty nonce"
	}
	r.check = func(_ context.Context, t *contents, _ time.Time) *Error {
		switch {
		case t.use() != TokenUseID || !t.present.has(claimNonce):
			return refuse(ErrNonceMismatch, "nonce", "nonce is absent")
		case t.text[claimNonce] != nonce:
			return refuse(ErrNonceMismatch, "nonce", "nonce is not the one of this sign-in")
		}
		return nil
	}
	return r
}

// RequireAudience asks that the access token is bound to at least one of the
// resources (RFC 8707), each of which must be among the pool's
// [UserPool.Audiences] too.
func RequireAudience(resources ...string) Requirement {
	resources = slices.Clone(resources)
	r := Requirement{stage: stageAudience, code: ErrAudienceMismatch, text: "audience " + list(resources)}
	if len(resources) == 0 || slices.Contains(resources, "") {
		r.fault = "the call requires an audience but names none"
	}
	r.check = func(_ context.Context, t *contents, _ time.Time) *Error {
		if !slices.ContainsFunc(resources, func(a string) bool { return slices.Contains(t.audiences, a) }) {
			return refuse(ErrAudienceMismatch, "aud", "none of %s is there; the token has %s", list(resources), list(t.audiences))
		}
		return nil
	}
	return r
}

// acrPrefix starts the levels of assurance that Cognito puts into acr, 1 the
// lowest.
const acrPrefix = "urn:cognito:loa:"

func acrLevel(acr string) (level int, ok bool) {
	digits, found := strings.CutPrefix(acr, acrPrefix)
	level, err := strconv.Atoi(digits)
	return level, found && err == nil && level > 0 && digits == strconv.Itoa(level)
}

// RequireACR asks that the user was authenticated at this level or a higher one,
// for example "urn:cognito:loa:2". Tokens without acr do not meet it.
func RequireACR(acr string) Requirement {
	r := Requirement{stage: stageACR, code: ErrAuthenticationTooWeak, text: "acr " + quote(acr) + " or higher"}
	least, ok := acrLevel(acr)
	if !ok {
		r.fault = fmt.Sprintf("the required acr %s is not a level of Cognito, such as %s2", quote(acr), acrPrefix)
	}
	r.check = func(_ context.Context, t *contents, _ time.Time) *Error {
		if level, ok := acrLevel(t.text[claimACR]); ok && level >= least {
			return nil
		}
		e := refuse(ErrAuthenticationTooWeak, "acr", "acr must be %s or higher; the token has %s", quote(acr), found(t, claimACR))
		e.want.acr = acr
		return e
	}
	return r
}

// RequireMaxAuthAge asks that the user signed in, in person, at most this long ago
// (the claim auth_time, which a refresh keeps). Tokens without it do not meet it.
func RequireMaxAuthAge(age time.Duration) Requirement {
	r := Requirement{stage: stageAuthTime, code: ErrAuthenticationTooOld, text: "a sign-in at most " + age.String() + " ago"}
	if age <= 0 {
		r.fault = "the call requires an age of authentication that is not positive"
	}
	r.check = func(_ context.Context, t *contents, now time.Time) *Error {
		var e *Error
		switch authTime := t.time(claimAuthTime); {
		case !t.present.has(claimAuthTime):
			e = refuse(ErrAuthenticationTooOld, "auth_time", "auth_time is absent")
		case now.After(authTime.Add(age)):
			e = refuse(ErrAuthenticationTooOld, "auth_time", "auth_time is %s, more than %s ago", stamp(authTime), age)
		default:
			return nil
		}
		e.want.maxAge = age
		return e
	}
	return r
}

// RequireClaim asks that the claim, a string, boolean or number, is one of values
// (booleans and numbers as they are spelled in the token), or an array of strings
// with one of them in it. Names are compared by case.
func RequireClaim(name string, values ...string) Requirement {
	values = slices.Clone(values)
	r := Requirement{stage: stageClaims, code: ErrClaimMismatch, text: "claim " + quote(name) + " " + list(values)}
	if name == "" || len(values) == 0 {
		r.fault = "the call requires a claim without a name or without a value"
	}
	r.check = func(_ context.Context, t *contents, _ time.Time) *Error {
		value, ok := t.member(name)
		switch {
		case !ok:
			return refuse(ErrClaimMismatch, name, "the claim %s is absent", quote(name))
		case !matchesAny(value, values):
			return refuse(ErrClaimMismatch, name, "the claim %s must be %s; the token has %s", quote(name), list(values), quote(string(value)))
		}
		return nil
	}
	return r
}

func matchesAny(value jose.Value, values []string) bool {
	if text, ok := value.Text(); ok {
		return slices.Contains(values, text)
	}
	if texts, ok := value.Texts(); ok {
		return slices.ContainsFunc(texts, func(s string) bool { return slices.Contains(values, s) })
	}
	_, isBool := value.Bool()
	return (isBool || value.IsNumber()) && slices.Contains(values, string(value))
}

// Require asks that check returns nil. An [*Error] of the check (see [NewError]) is
// the verdict; any other error refuses the token with [ErrAccessDenied] and is
// found in the verdict by errors.Is and errors.As, but not in its message. The
// check is called with verified tokens only, after every other one, possibly from
// several goroutines at once.
func Require(check func(ctx context.Context, token Token) error) Requirement {
	r := Requirement{stage: stageCustom, code: ErrAccessDenied, text: "a check of the application"}
	if check == nil {
		r.fault = "the call requires a custom check that is nil"
	}
	r.check = func(ctx context.Context, t *contents, _ time.Time) *Error {
		if err := check(ctx, t.token()); err != nil {
			var own *Error
			switch {
			case !errors.As(err, &own):
				return &Error{code: ErrAccessDenied, message: "a check of the application refused the token", cause: err}
			case own == nil:
				return refuse(ErrAccessDenied, "", "a check of the application returned a nil *Error, which is an error that says nothing")
			}
			return own
		}
		return nil
	}
	return r
}

// apply checks the token, or refuses it where the requirement itself is at fault.
func (r *Requirement) apply(ctx context.Context, t *contents, now time.Time) *Error {
	switch {
	case r.check == nil:
		return refuse(ErrAccessDenied, "", "the call has an empty requirement")
	case r.fault != "":
		return refuse(r.code, "", "%s", r.fault)
	}
	return r.check(ctx, t, now)
}

// list writes names for a message, each quoted.
func list(names []string) string {
	const most = 20
	if len(names) == 0 {
		return "none"
	}
	quoted := make([]string, 0, min(len(names), most))
	for _, name := range names[:min(len(names), most)] {
		quoted = append(quoted, quote(name))
	}
	if len(names) > most {
		quoted = append(quoted, fmt.Sprintf("and %d more", len(names)-most))
	}
	return strings.Join(quoted, ", ")
}

// found writes what the token has in a claim of text, for a message.
func found(t *contents, c claim) string {
	if !t.present.has(c) {
		return "none"
	}
	return quote(t.text[c])
}

// stamp writes a time for a message.
func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }
