package cognito

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/poolguard/poolguard/cognito/internal/jose"
)

// An inspection runs the checks of a Verifier to the end, whatever fails on the way.
type inspection struct {
	use          TokenUse
	requirements []Requirement
	leeway       time.Duration
	maxBytes     int
	now          time.Time
	find         func(*payload) (*issuer, *Error)
	revoked      func(context.Context, *payload, Raw) *Error
	hasRevoked   bool

	skipIssuer, skipClient, skipAudience bool
}

// The names of checks, in order.
var checkNames = [...]string{"size", "shape", "algorithm", "issuer", "key", "signature", "token_use", "client",
	"expiry", "not_before", "audience", "nonce", "revocation", "acr", "auth_time", "scopes", "groups", "claims", "custom"}

// run makes the report. p is what client and audience are compared with; where it
// is nil, the pool of the token's issuer, if that is trusted.
func (in *inspection) run(ctx context.Context, raw string, p *pool) *Report {
	r := &Report{Now: in.now}
	jws, t := in.decode(r, raw)
	if t == nil {
		for _, name := range checkNames[len(r.Checks):] {
			r.note(name, NotChecked, "the token could not be read")
		}
		return r
	}
	defer jws.Release()
	algorithm := r.result("algorithm", checkAlgorithm(jws), "RS256")
	i := in.issuer(r, t)
	if p == nil && i != nil {
		p = i.pool
	}
	t.pool = p
	in.signature(ctx, r, i, jws, t, algorithm)
	in.claims(r, t, p)
	in.stages(ctx, r, t, Raw(raw))
	return r
}

// decode makes the checks of size and shape, and fills in what the token says.
func (in *inspection) decode(r *Report, raw string) (*jose.Compact, *payload) {
	if len(raw) > in.maxBytes {
		r.result("size", tooLarge(raw, in.maxBytes), "")
		return nil, nil
	}
	r.note("size", Passed, fmt.Sprintf("%d of at most %d bytes", len(raw), in.maxBytes))
	jws, err := jose.ParseCompact(raw)
	var t *payload
	if err == nil {
		t, _, err = parsePayload(jws)
	}
	if err != nil {
		r.result("shape", shapeError(raw, err), "")
		return nil, nil
	}
	t.readLists(jws.Payload)
	r.note("shape", Passed, "three parts of strict base64url, header and payload one strict JSON object each")
	r.decoded = true
	r.Header, r.Claims = []byte(t.header), []byte(t.json)
	r.TokenUse, r.KeyID, r.Issuer = t.use(), jws.KeyID, t.text[claimIssuer]
	r.IssuedAt, r.NotBefore = t.time(claimIssuedAt), t.time(claimNotBefore)
	r.ExpiresAt, r.AuthTime = t.time(claimExpiry), t.time(claimAuthTime)
	return jws, t
}

// issuer returns the issuer whose keys may be asked for, nil where there is none.
func (in *inspection) issuer(r *Report, t *payload) *issuer {
	if in.skipIssuer {
		if err := t.known(claimIssuer, true); err != nil {
			r.result("issuer", err, "")
			return nil
		}
		r.note("issuer", NotChecked, "no user pool was given; the token names "+describeIssuer(t.text[claimIssuer]))
		i, _ := in.find(t)
		return i
	}
	i, err := in.find(t)
	held := quote(t.text[claimIssuer])
	if i != nil && !i.own {
		held = describeIssuer(t.text[claimIssuer])
	}
	r.result("issuer", err, held)
	return i
}

// describeIssuer says which user pool an issuer belongs to.
//
//mutate:ignore never: it words the report
func describeIssuer(iss string) string {
	id, replica, ok := parseIssuer(iss)
	switch original, _ := id.issuers(); {
	case ok && replica != "":
		return fmt.Sprintf("user pool %s (the original issuer of a replica in %s)", id.text, replica)
	case ok && iss == original:
		return fmt.Sprintf("user pool %s (its original issuer)", id.text)
	case ok:
		return fmt.Sprintf("user pool %s (its updated issuer)", id.text)
	}
	if id, err := parsePoolID(iss[strings.LastIndexByte(iss, '/')+1:]); err == nil {
		return fmt.Sprintf("%s, not Amazon's address of user pool %s", quote(iss), id.text)
	}
	return quote(iss)
}

func (in *inspection) signature(ctx context.Context, r *Report, i *issuer, jws *jose.Compact, t *payload, algorithm bool) {
	why := ""
	switch {
	case !algorithm:
		why = "the algorithm is not allowed"
	case i == nil:
		why = "the issuer is not trusted, so its keys are not asked for"
	case i.keys == nil:
		why = "no keys were given"
	}
	if why != "" {
		r.note("key", NotChecked, why)
		r.note("signature", NotChecked, why)
		return
	}
	kid := "kid " + quote(jws.KeyID)
	err := verifySignature(ctx, i, jws, t)
	if err != nil && err.code != ErrSignatureInvalid {
		r.result("key", err, "")
		r.note("signature", NotChecked, "there is no key to check it by")
		return
	}
	r.note("key", Passed, kid)
	r.result("signature", err, "RS256 by that key")
}

// claims makes the checks of claims that every token must stand.
func (in *inspection) claims(r *Report, t *payload, p *pool) {
	r.result("token_use", t.checkTokenUse(in.use), string(t.use())+" token")
	switch {
	case p == nil:
		r.note("client", NotChecked, "the issuer is not trusted, so there are no clients to compare with")
	case in.skipClient && t.known(clientClaim(t.use()), true) == nil:
		r.note("client", NotChecked, "no app client was given; the token is for "+quote(t.client()))
	default:
		r.result("client", t.checkClient(p), quote(t.client()))
	}
	r.result("expiry", t.checkExpiry(in.now, in.leeway), "expires at "+stamp(t.time(claimExpiry)))
	held := "nbf is absent, as in every token of Cognito"
	//mutate:ignore it words the report
	if t.present.has(claimNotBefore) {
		held = "valid from " + stamp(t.time(claimNotBefore))
	}
	r.result("not_before", t.checkNotBefore(in.now, in.leeway), held)
}

// requirementChecks are the stages by the names of their checks.
var requirementChecks = [...]struct {
	name  string
	stage stage
}{{"nonce", stageNonce}, {"revocation", stageRevocation}, {"acr", stageACR}, {"auth_time", stageAuthTime},
	{"scopes", stageScopes}, {"groups", stageGroups}, {"claims", stageClaims}, {"custom", stageCustom}}

// stages makes the checks of requirements.
func (in *inspection) stages(ctx context.Context, r *Report, t *payload, raw Raw) {
	in.audience(ctx, r, t)
	for _, c := range requirementChecks {
		switch {
		case c.stage == stageCustom && (r.Err() != nil || !r.SignatureHeld()):
			r.note(c.name, NotChecked, "the application's own checks see only tokens that passed all others")
		case c.stage == stageRevocation && (!in.hasRevoked || r.Err() != nil || !r.SignatureHeld()):
			r.note(c.name, NotChecked, "whether Cognito revoked it cannot be seen in a token")
		case c.stage == stageRevocation:
			r.result(c.name, in.revoked(ctx, t, raw), "not revoked")
		default:
			in.stage(ctx, r, t, c.name, c.stage)
		}
	}
}

func (in *inspection) audience(ctx context.Context, r *Report, t *payload) {
	switch {
	//mutate:ignore never: the aud of an ID token is its app client, which is accepted
	case t.use() != TokenUseAccess || !t.present.has(claimAudience):
		in.stage(ctx, r, t, "audience", stageAudience)
	case t.pool == nil:
		r.note("audience", NotChecked, "the issuer is not trusted, so there are no audiences to compare with")
	default:
		err := t.checkAudience(t.pool)
		if err != nil && err.code == ErrAudienceMismatch && in.skipAudience && in.skipClient {
			r.note("audience", NotChecked, "no audience was given; the token is bound to "+list(t.audiences))
		} else if err != nil {
			r.result("audience", err, "")
		} else {
			in.stage(ctx, r, t, "audience", stageAudience)
		}
	}
}

// stage makes the check of one stage: the JSON kind of its claim, and what the
// requirements ask.
func (in *inspection) stage(ctx context.Context, r *Report, t *payload, name string, s stage) {
	if err := t.checkKind(s); err != nil {
		r.result(name, err, "")
		return
	}
	asked := ""
	for n := range in.requirements {
		if req := &in.requirements[n]; req.stage == s {
			if err := req.apply(ctx, t, in.now); err != nil {
				r.result(name, err, "")
				return
			}
			asked += ", " + req.text
		}
	}
	switch {
	case asked != "":
		r.note(name, Passed, "has "+asked[2:])
	case s == stageClaims && t.wrongProfile() != "":
		r.note(name, Passed, "every known claim is of its JSON kind but for the profile, which no call required: "+t.wrongProfile())
	case s == stageClaims:
		r.note(name, Passed, "every known claim is of its JSON kind")
	default:
		r.note(name, NotChecked, "nothing was required")
	}
}
