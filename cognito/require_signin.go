package cognito

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// RequireNonce requires an ID token with this nonce, the one that was sent when the
// sign-in began (OpenID Connect Core §3.1.3.7, step 11). Tokens from a
// refresh need not have it.
func RequireNonce(nonce string) Requirement {
	r := Requirement{stage: stageNonce, code: ErrNonceMismatch, text: "a nonce"}
	if nonce == "" {
		r.fault = "the call requires an empty nonce"
	}
	r.check = func(_ context.Context, t *payload, _ time.Time) *Error {
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

// acrPrefix starts the levels of assurance that Cognito puts into acr, 1 the
// lowest.
const acrPrefix = "urn:cognito:loa:"

func acrLevel(acr string) (level int, ok bool) {
	digits, found := strings.CutPrefix(acr, acrPrefix)
	level, err := strconv.Atoi(digits)
	//mutate:ignore always: a number that cannot be read is not spelled like the result
	return level, found && err == nil && level > 0 && digits == strconv.Itoa(level)
}

// RequireACR requires that the user was authenticated at this level or a higher one,
// for example "urn:cognito:loa:2". Tokens without acr do not meet it.
func RequireACR(acr string) Requirement {
	r := Requirement{stage: stageACR, code: ErrAuthenticationTooWeak, text: "acr " + quote(acr) + " or higher"}
	least, ok := acrLevel(acr)
	if !ok {
		r.fault = fmt.Sprintf("the required acr %s is not a level of Cognito, such as %s2", quote(acr), acrPrefix)
	}
	r.check = func(_ context.Context, t *payload, _ time.Time) *Error {
		if level, ok := acrLevel(t.text[claimACR]); ok && level >= least {
			return nil
		}
		e := refuse(ErrAuthenticationTooWeak, "acr", "acr must be %s or higher; the token has %s", quote(acr), found(t, claimACR))
		e.want.acr = acr
		return e
	}
	return r
}

// RequireMaxAuthAge requires that the user signed in at most this long ago (the claim
// auth_time, which a refresh keeps). Tokens without it do not meet it.
func RequireMaxAuthAge(age time.Duration) Requirement {
	r := Requirement{stage: stageAuthTime, code: ErrAuthenticationTooOld, text: "a sign-in at most " + age.String() + " ago"}
	if age <= 0 {
		r.fault = "the call requires an age of authentication that is not positive"
	}
	r.check = func(_ context.Context, t *payload, now time.Time) *Error {
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
