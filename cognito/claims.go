package cognito

import (
	"bytes"
	"math/big"
	"strings"
	"time"

	"github.com/poolguard/poolguard/cognito/internal/jose"
	"github.com/poolguard/poolguard/cognito/keyset"
)

// A claim is one that Cognito itself puts into tokens. All others are custom: they
// may be of any JSON kind and are kept in the payload.
type claim uint8

const (
	claimIssuer claim = iota
	claimTokenUse
	claimSubject
	claimTokenID
	claimOriginTokenID
	claimEventID
	claimClientID
	claimUsername
	claimCognitoUsername
	claimNonce
	claimAccessTokenHash
	claimACR
	claimDeviceKey
	claimEmail
	claimPhoneNumber
	claimPreferredRole
	claimExpiry
	claimNotBefore
	claimIssuedAt
	claimAuthTime
	claimAudience
	claimScope
	claimGroups
	claimRoles
	claimAMR
	claimIdentities
	claimVersion
	claimEmailVerified
	claimPhoneNumberVerified
	numClaims
)

// The claims up to these are strings, and then times; the others are of one kind
// each.
const (
	lastText = claimPreferredRole
	lastTime = claimAuthTime
)

// definition says what a claim is called, and in which tokens Cognito uses it: a
// trigger may add an email of any kind to an access token, but not to an ID token.
type definition struct {
	name   string
	access bool
	id     bool
}

// definitions is the table in https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-tokens-with-identity-providers.html
// and its pages for each token.
var definitions = [numClaims]definition{
	claimIssuer:              {"iss", true, true},
	claimTokenUse:            {"token_use", true, true},
	claimSubject:             {"sub", true, true},
	claimTokenID:             {"jti", true, true},
	claimOriginTokenID:       {"origin_jti", true, true},
	claimEventID:             {"event_id", true, true},
	claimClientID:            {"client_id", true, false},
	claimUsername:            {"username", true, false},
	claimCognitoUsername:     {"cognito:username", false, true},
	claimNonce:               {"nonce", false, true},
	claimAccessTokenHash:     {"at_hash", false, true},
	claimACR:                 {"acr", true, true},
	claimDeviceKey:           {"device_key", true, false},
	claimEmail:               {"email", false, true},
	claimPhoneNumber:         {"phone_number", false, true},
	claimPreferredRole:       {"cognito:preferred_role", false, true},
	claimExpiry:              {"exp", true, true},
	claimNotBefore:           {"nbf", true, true},
	claimIssuedAt:            {"iat", true, true},
	claimAuthTime:            {"auth_time", true, true},
	claimAudience:            {"aud", true, true},
	claimScope:               {"scope", true, false},
	claimGroups:              {"cognito:groups", true, true},
	claimRoles:               {"cognito:roles", false, true},
	claimAMR:                 {"amr", true, true},
	claimIdentities:          {"identities", false, true},
	claimVersion:             {"version", true, false},
	claimEmailVerified:       {"email_verified", false, true},
	claimPhoneNumberVerified: {"phone_number_verified", false, true},
}

var claimByName = func() map[string]claim {
	m := make(map[string]claim, numClaims)
	for c, d := range definitions {
		m[d.name] = claim(c)
	}
	return m
}()

// contents is a token's payload, read. It is what an AccessToken and an IDToken
// are made of, and is never changed once they are.
type contents struct {
	// What a Verifier hands out of this: one of the two. They are here so that doing so
	// allocates nothing, and of types of their own so that neither can be made into the
	// other.
	asAccess AccessToken
	asID     IDToken

	header  string // JSON texts as signed
	payload string

	text  [lastText + 1]string
	times [lastTime - lastText]time.Time

	audiences  []string
	scopes     []string
	groups     []string
	roles      []string
	amr        []string
	identities []Identity
	version    float64

	emailVerified, phoneNumberVerified bool
	audienceIsArray                    bool

	present claimSet
	wrong   claimSet // of a JSON kind, or with a time, that cannot be

	pool   *pool       // whose key signed it; set once verified
	issuer *issuer     // likewise
	key    *keyset.Key // likewise
}

// A claimSet is a set of claims, a bit for each.
type claimSet uint64

func (s claimSet) has(c claim) bool { return s&(1<<c) != 0 }
func (s *claimSet) add(c claim)     { *s |= 1 << c }

// parseContents reads the payload of a compact JWS. The error is a
// [*jose.MalformedError]; claims of a wrong kind are only noted.
//
// raw is a copy of the token in the memory of the contents. It is no part of them: a
// token that is printed, by whatever means, must not show what its bearer could use.
func parseContents(c *jose.Compact) (t *contents, raw string, err error) {
	t = &contents{header: c.Header}
	t.asAccess.access, t.asID.id = t, t
	raw, t.payload = c.Copy()
	if err := jose.DecodeObject(c.Payload, "payload", (*claimsVisitor)(t)); err != nil {
		return nil, "", err
	}
	return t, raw, nil
}

// nothing is what tokens say that did not come from a Verifier.
var nothing contents

func (t *contents) poolID() string {
	if t.pool == nil {
		return ""
	}
	return t.pool.id.text
}

func (t *contents) keyID() string {
	if t.key == nil {
		return ""
	}
	return t.key.ID()
}

// claimsVisitor reads the claims of contents.
type claimsVisitor contents

// Member notes one member of the payload.
func (v *claimsVisitor) Member(name []byte, value jose.Value, offset int) error {
	t := (*contents)(v)
	c, known := claimByName[string(name)]
	if !known {
		return nil
	}
	t.present.add(c)
	var ok bool
	switch {
	case c <= lastText:
		t.text[c], ok = t.textAt(value, offset)
	case c <= lastTime:
		t.times[c-lastText-1], ok = timeOf(value)
	default:
		ok = t.readOther(c, value, offset)
	}
	if !ok {
		t.wrong.add(c)
	}
	return nil
}

func (t *contents) readOther(c claim, value jose.Value, offset int) (ok bool) {
	switch c { //nolint:exhaustive // strings and times are read by the caller
	case claimAudience:
		var one string
		if one, ok = t.textAt(value, offset); ok {
			t.audiences = []string{one}
			return true
		}
		t.audienceIsArray = true
		t.audiences, ok = t.textsAt(value, offset)
	case claimScope:
		var all string
		all, ok = t.textAt(value, offset)
		t.scopes = splitScopes(all)
	case claimGroups:
		t.groups, ok = t.textsAt(value, offset)
	case claimRoles:
		t.roles, ok = t.textsAt(value, offset)
	case claimAMR:
		t.amr, ok = t.textsAt(value, offset)
	case claimIdentities:
		t.identities, ok = readIdentities(value)
	case claimVersion:
		t.version, _ = value.Number()
		ok = value.IsNumber()
	case claimEmailVerified:
		t.emailVerified, ok = value.Bool()
	case claimPhoneNumberVerified:
		t.phoneNumberVerified, ok = value.Bool()
	}
	return ok
}

// splitScopes splits at spaces, the one separator of RFC 6749 §3.3.
func splitScopes(s string) []string {
	scopes := make([]string, 0, strings.Count(s, " ")+1)
	for scope := range strings.SplitSeq(s, " ") {
		if scope != "" {
			scopes = append(scopes, scope)
		}
	}
	return scopes
}

// textAt is value.Text, sharing the memory of the payload where it can: an access
// token has ten strings.
func (t *contents) textAt(value jose.Value, offset int) (string, bool) {
	if end := offset + len(value); len(value) >= 2 && value[0] == '"' && end <= len(t.payload) {
		if text := t.payload[offset+1 : end-1]; strings.IndexByte(text, '\\') < 0 {
			return text, true
		}
	}
	return value.Text()
}

// textsAt is value.Texts, sharing the memory of the payload where it can.
func (t *contents) textsAt(value jose.Value, offset int) ([]string, bool) {
	list := make([]string, 0, min(bytes.Count(value, []byte(","))+1, 16))
	ok := true
	err := jose.DecodeArray(value, func(member jose.Value, within int) error {
		text, isText := t.textAt(member, offset+within)
		list, ok = append(list, text), ok && isText
		return nil
	})
	return list, ok && err == nil
}

// maxTime is the last time in a token that is one, in seconds: 2^53, up to which
// every reader of JSON reads integers alike (RFC 7493 §2.2).
const maxTime = 1 << 53

// timeOf reads a NumericDate (RFC 7519 §2), fractions allowed.
func timeOf(value jose.Value) (time.Time, bool) {
	f, ok := value.Number()
	if !ok || !(f >= 0 && f <= maxTime) || (f == maxTime || f == 0) && !inRange(string(value)) {
		return time.Time{}, false
	}
	seconds := int64(f)
	return time.Unix(seconds, int64((f-float64(seconds))*1e9)).UTC(), true
}

// inRange decides about numbers at the ends of the range: others outside of it are
// rounded to the same.
func inRange(number string) bool {
	if digits, negative := strings.CutPrefix(number, "-"); negative {
		mantissa, _, _ := strings.Cut(strings.ToLower(digits), "e")
		return !strings.ContainsAny(mantissa, "123456789")
	}
	const precision = 200 // bits, and rounded up: the slightest rest shows
	exact, _, err := big.ParseFloat(number, 10, precision, big.ToPositiveInf)
	return err == nil && exact.Cmp(big.NewFloat(maxTime)) <= 0
}

// time returns the time in the claim, zero where it is absent.
func (t *contents) time(c claim) time.Time { return t.times[c-lastText-1] }
