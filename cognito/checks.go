package cognito

import (
	"slices"
	"time"

	"github.com/poolguard/poolguard/cognito/internal/jose"
)

// The checks of a token, one function each. Verifier runs them in the order of the
// list of codes (code.go, checkorder.go) and stops at the first failure; Inspect runs all
// that it can.
// Nothing here looks at a signature, and none of it counts before one held, but for
// the choice of a trusted issuer.

// checkAlgorithm allows what user pools sign with, by exactly that name (RFC 8725
// §3.1): none, HS256 keyed with the public key, and rs256 all end here.
func checkAlgorithm(c *jose.Compact) *Error {
	if c.Algorithm != "RS256" {
		return refuse(ErrAlgorithmNotAllowed, "alg", "alg must be RS256, the algorithm of user pools")
	}
	return nil
}

// known returns the error for a claim that is there but cannot be what it must be,
// and, where it must be there, for its absence.
func (t *payload) known(c claim, required bool) *Error {
	name := definitions[c].name
	switch {
	case t.wrong.has(c) && c > lastText && c <= lastTime:
		return refuse(ErrClaimInvalid, name, "%s must be a number of seconds from 0 to 2^53", name)
	case t.wrong.has(c):
		value, _ := t.member(name)
		return refuse(ErrClaimInvalid, name, "%s must be %s; got %s", name, kindOf(c), kindOfValue(value))
	case required && !t.present.has(c):
		return refuse(ErrClaimMissing, name, "%s is absent", name)
	}
	return nil
}

func (t *payload) checkTokenUse(want TokenUse) *Error {
	if err := t.known(claimTokenUse, true); err != nil {
		return err
	}
	switch use := t.use(); {
	case want != "" && use != want:
		return refuse(ErrTokenUseMismatch, "token_use", "the token has the token_use %s, which is not accepted here", quote(string(use))).
			expecting("token_use must be %s; the token has %s", quote(string(want)), quote(string(use)))
	case use != TokenUseAccess && use != TokenUseID:
		return refuse(ErrTokenUseMismatch, "token_use", "token_use must be \"access\" or \"id\"; the token has %s", quote(string(use)))
	}
	return nil
}

// clientClaim is where a token of the kind names its app client.
func clientClaim(use TokenUse) claim {
	if use == TokenUseID {
		return claimAudience
	}
	return claimClientID
}

// client returns the app client, "" where it is absent or not a string.
func (t *payload) client() string {
	if t.use() != TokenUseID {
		return t.text[claimClientID]
	}
	if len(t.audiences) != 1 || t.audienceIsArray {
		return ""
	}
	return t.audiences[0]
}

func (t *payload) checkClient(p *pool) *Error {
	c := clientClaim(t.use())
	if err := t.known(c, true); err != nil {
		return err
	}
	name := definitions[c].name
	if c == claimAudience && t.audienceIsArray {
		// One client is what an ID token of Cognito is for; a list of readers is how
		// tokens for others get accepted (CVE-2020-26160).
		return refuse(ErrClaimInvalid, name, "aud of an ID token must be a string")
	}
	if !p.anyClient && !slices.Contains(p.clientIDs, t.client()) {
		return refuse(ErrClientMismatch, name, "%s must be a configured app client; the token has %s", name, quote(t.client())).
			expecting("%s must be %s; the token has %s", name, oneOf(p.clientIDs), quote(t.client()))
	}
	return nil
}

func (t *payload) checkExpiry(now time.Time, leeway time.Duration) *Error {
	if err := t.known(claimExpiry, true); err != nil {
		return err
	}
	if exp := t.time(claimExpiry); !now.Before(exp.Add(leeway)) {
		return refuse(ErrTokenExpired, "exp", "the token expired at %s; the time is %s", stamp(exp), stamp(now))
	}
	return nil
}

func (t *payload) checkNotBefore(now time.Time, leeway time.Duration) *Error {
	if err := t.known(claimNotBefore, false); err != nil {
		return err
	}
	//mutate:ignore always: an absent nbf reads as the zero time, which is always past
	if nbf := t.time(claimNotBefore); t.present.has(claimNotBefore) && now.Before(nbf.Add(-leeway)) {
		return refuse(ErrTokenNotYetValid, "nbf", "the token is not valid before %s; the time is %s", stamp(nbf), stamp(now))
	}
	return nil
}

// checkAudience refuses access tokens that are bound to somebody else's resource
// (RFC 8707 §3, RFC 9068 §4). One that a trigger bound to the token's own app
// client says nothing more than client_id.
func (t *payload) checkAudience(p *pool) *Error {
	//mutate:ignore never: the aud of an ID token is its app client, which is accepted
	if t.use() != TokenUseAccess || !t.present.has(claimAudience) {
		return nil
	}
	if err := t.known(claimAudience, false); err != nil {
		return err
	}
	for _, aud := range t.audiences {
		if !slices.Contains(p.audiences, aud) && (aud != t.client() || aud == "") {
			return refuse(ErrAudienceMismatch, "aud", "aud must be a configured audience; the token has %s", list(t.audiences)).
				expecting("aud must be %s; the token has %s", p.acceptedAudiences(), list(t.audiences))
		}
	}
	if len(t.audiences) == 0 {
		return refuse(ErrAudienceMismatch, "aud", "aud is an empty list").
			expecting("aud is an empty list; it must be %s", p.acceptedAudiences())
	}
	return nil
}

// acceptedAudiences writes for a message which aud an access token may have.
//
//mutate:ignore it words a message
func (p *pool) acceptedAudiences() string {
	if len(p.audiences) == 0 {
		return "absent or the token's own app client, because UserPool.Audiences is empty"
	}
	return oneOf(p.audiences)
}

// checkedInTurn are the claims whose JSON kind the checks above, or the stages of
// requirements, look at in their turn.
var checkedInTurn = []struct {
	stage stage
	claim claim
}{{stageNonce, claimNonce}, {stageACR, claimACR}, {stageAuthTime, claimAuthTime}, {stageScopes, claimScope}, {stageGroups, claimGroups}}

// checkKind refuses a wrong JSON kind of the claim that requirements of the stage
// are about, whether or not there are any.
func (t *payload) checkKind(s stage) *Error {
	for _, turn := range checkedInTurn {
		if turn.stage == s && t.knownHere(turn.claim) {
			return t.known(turn.claim, false)
		}
	}
	if s != stageClaims {
		return nil
	}
	for c := range numClaims {
		if t.wrong.has(c) && t.knownHere(c) && !profileClaims.has(c) {
			return t.known(c, false)
		}
	}
	return nil
}

// knownHere reports whether Cognito puts the claim into tokens of this kind; in
// others it is a custom claim, of any kind.
func (t *payload) knownHere(c claim) bool {
	if t.use() == TokenUseID {
		return definitions[c].id
	}
	return definitions[c].access
}
