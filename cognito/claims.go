package cognito

import (
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

// The claims up to these are strings, then times, and then lists; the others are of
// one kind each.
const (
	lastText = claimPreferredRole
	lastTime = claimAuthTime
	lastList = claimIdentities
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

// payload is a token's payload, decoded. It is what an AccessToken and an IDToken
// are made of, and is never changed once they are.
type payload struct {
	// What a Verifier hands out of this: one of the two. They are here so that doing so
	// allocates nothing, and of types of their own so that neither can be made into the
	// other.
	asAccess AccessToken
	asID     IDToken

	header string // JSON texts as signed
	json   string

	text  [lastText + 1]string
	times [lastTime - lastText]time.Time
	lists [lastList - lastTime]span // their places in json

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

// parsePayload reads the payload of a compact JWS, but for its lists. The error is a
// [*jose.MalformedError]; claims of a wrong kind are only noted.
//
// raw is a copy of the token in the memory of the payload. It is no part of them: a
// token that is printed, by whatever means, must not show what its bearer could use.
func parsePayload(c *jose.Compact) (t *payload, raw string, err error) {
	t = &payload{header: c.Header}
	t.asAccess.access, t.asID.id = t, t
	raw, t.json = c.Copy()
	if err := jose.DecodeObject(c.Payload, "payload", (*claimsVisitor)(t)); err != nil {
		return nil, "", err
	}
	return t, raw, nil
}

// nothing is what tokens say that did not come from a Verifier.
var nothing payload

func (t *payload) poolID() string {
	if t.pool == nil {
		return ""
	}
	return t.pool.id.text
}

func (t *payload) keyID() string {
	if t.key == nil {
		return ""
	}
	return t.key.ID()
}

// claimsVisitor reads the claims of a payload.
type claimsVisitor payload

// Member notes one member of the payload.
func (v *claimsVisitor) Member(name []byte, value jose.Value, offset int) error {
	t := (*payload)(v)
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
	case c <= lastList:
		t.lists[c-lastTime-1] = span{offset, offset + len(value)}
		ok = true // as far as it is known: see readLists
	default:
		ok = t.readOther(c, value)
	}
	if !ok {
		t.wrong.add(c)
	}
	return nil
}

func (t *payload) readOther(c claim, value jose.Value) (ok bool) {
	switch c { //nolint:exhaustive // the others are read elsewhere
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

// textAt is value.Text, sharing the memory of the payload where it can: an access
// token has ten strings.
func (t *payload) textAt(value jose.Value, offset int) (string, bool) {
	if end := offset + len(value); len(value) >= 2 && value[0] == '"' && end <= len(t.json) {
		if text := t.json[offset+1 : end-1]; strings.IndexByte(text, '\\') < 0 {
			return text, true
		}
	}
	return value.Text()
}

// maxTime is the last time in a token that is one, in seconds: 2^53, up to which
// every reader of JSON reads integers alike (RFC 7493 §2.2).
const maxTime = 1 << 53

// timeOf reads a NumericDate (RFC 7519 §2), fractions allowed.
func timeOf(value jose.Value) (time.Time, bool) {
	f, ok := value.Number()
	if !ok || !(f >= 0 && f <= maxTime) || (f == maxTime || f == 0) && !inRange(string(value), f) {
		return time.Time{}, false
	}
	seconds := int64(f)
	return time.Unix(seconds, int64((f-float64(seconds))*1e9)).UTC(), true
}

// inRange decides about numbers that are rounded to f, an end of the range: others
// outside of it are rounded to the same. It takes no more time than reading them, as
// they may have thousands of digits and be signed by nobody.
func inRange(number string, f float64) bool {
	mantissa, _, _ := strings.Cut(strings.ToLower(number), "e")
	digits := strings.Trim(strings.Replace(mantissa, ".", "", 1), "-0")
	if f == 0 {
		return digits == "" || mantissa[0] != '-'
	}
	// What is rounded to 2^53 has its first digit where this has, so that the order of
	// texts is that of numbers.
	return digits <= "9007199254740992"
}

// time returns the time in the claim, zero where it is absent.
func (t *payload) time(c claim) time.Time { return t.times[c-lastText-1] }
