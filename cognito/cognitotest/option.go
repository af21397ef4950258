package cognitotest

import (
	"strings"
	"time"
)

// A TokenOption changes one property of a valid token. Options apply in their order. A nil
// option, and an option of a nil argument, change nothing.
type TokenOption func(*draft)

// Claim sets the value of a claim. A json.RawMessage is written unchanged, even if it is
// not JSON.
func Claim(name string, value any) TokenOption {
	return func(d *draft) { d.payload.set(name, value) }
}

// RepeatClaim adds a claim at the end, also if the token already has it.
func RepeatClaim(name string, value any) TokenOption {
	return func(d *draft) { d.payload = append(d.payload, member{name, value}) }
}

// WithoutClaim removes claims.
func WithoutClaim(names ...string) TokenOption {
	return func(d *draft) {
		for _, name := range names {
			d.payload.remove(name)
		}
	}
}

// Header sets the value of a header parameter, as [Claim] does for a claim. It does not
// change the kind of signature: for another algorithm, see [Algorithm].
func Header(name string, value any) TokenOption {
	return func(d *draft) { d.header.set(name, value) }
}

// WithoutHeader removes header parameters.
func WithoutHeader(names ...string) TokenOption {
	return func(d *draft) {
		for _, name := range names {
			d.header.remove(name)
		}
	}
}

// ForSubject sets sub: the token is for another user.
func ForSubject(sub string) TokenOption { return Claim("sub", sub) }

// ForClient issues the token to this app client: it sets aud of an ID token, client_id of
// an access token, and also sub of a machine token.
func ForClient(id string) TokenOption {
	return func(d *draft) {
		switch d.kind {
		case kindID:
			d.payload.set("aud", id)
		case kindLoadBalancer:
			d.header.set("client", id)
		case kindVerifiedAccess: // its tokens name no client
		case kindMachine:
			d.payload.set("sub", id)
			fallthrough
		default:
			d.payload.set("client_id", id)
		}
	}
}

// Groups sets the groups of the user, by falling precedence.
func Groups(names ...string) TokenOption {
	return Claim("cognito:groups", append([]string{}, names...))
}

// Scopes sets the scopes, in place of the default one.
func Scopes(names ...string) TokenOption { return Claim("scope", strings.Join(names, " ")) }

// Nonce sets the nonce of an ID token.
func Nonce(nonce string) TokenOption { return Claim("nonce", nonce) }

// Audience binds an access token to resources (RFC 8707). One resource is written as a
// string, several as an array.
func Audience(resources ...string) TokenOption {
	if len(resources) == 1 {
		return Claim("aud", resources[0])
	}
	return Claim("aud", append([]string{}, resources...))
}

// ACR sets the level of assurance of the sign-in, such as "urn:cognito:loa:2".
func ACR(acr string) TokenOption { return Claim("acr", acr) }

// SignedInAgo sets auth_time to the given time before the token is made. The token itself
// stays new.
func SignedInAgo(d time.Duration) TokenOption {
	return func(draft *draft) { draft.payload.set("auth_time", numericDate(draft.now.Add(-d))) }
}

// ExpiresIn sets the lifetime of the token, which is one hour by default, and two minutes for
// load balancers and Verified Access.
func ExpiresIn(d time.Duration) TokenOption {
	return func(draft *draft) { draft.setExpiry(numericDate(draft.now.Add(d))) }
}

// Expired makes a token that was issued two hours ago and expired one hour ago.
func Expired() TokenOption {
	return func(d *draft) {
		for _, name := range []string{"auth_time", "iat"} {
			if d.service == nil { // others have neither
				d.payload.set(name, d.now.Add(-2*time.Hour).Unix())
			}
		}
		d.setExpiry(d.now.Add(-time.Hour).Unix())
	}
}

// NotYetValid sets nbf to half an hour from now.
func NotYetValid() TokenOption {
	return func(d *draft) { d.payload.set("nbf", d.now.Add(lifetime/2).Unix()) }
}

// numericDate writes a time as RFC 7519 §2 has it: in seconds, with a fraction only
// where there is one.
func numericDate(t time.Time) any {
	if t.Nanosecond() == 0 {
		return t.Unix()
	}
	return float64(t.UnixMicro()) / 1e6
}

// SignedBy signs with that key and names it in kid: another pool's, or one that was
// rotated.
func SignedBy(key *Key) TokenOption {
	if key == nil {
		return nil
	}
	return func(d *draft) {
		d.key = key
		d.header.set("kid", key.id)
	}
}

// WrongKey signs with a key of no pool, under the name of the pool's own key.
func WrongKey() TokenOption {
	return func(d *draft) { d.key = &Key{d.key.id, stranger} }
}

// UnknownKey signs with a key of no pool, under a new name for each token.
func UnknownKey() TokenOption {
	return func(d *draft) {
		id := newKeyID()
		if d.service != nil {
			id = newUUID()
		}
		SignedBy(&Key{id, stranger})(d)
	}
}

// Algorithm sets alg and signs with it. It knows RS, PS and HS with 256, 384 and 512, and
// none, which has no signature. The key of HS is the text of the pool's public key in PEM.
// Any other name, also a name in other case, gets an RS256 signature or that of the name
// in upper case.
func Algorithm(alg string) TokenOption {
	return func(d *draft) {
		d.header.set("alg", alg)
		d.sign = d.signer(alg)
	}
}

// SignedWith lets sign make the signature. Its input is the encoded header and payload
// with a dot between them (RFC 7515 §5.1).
func SignedWith(sign func(input []byte) []byte) TokenOption {
	if sign == nil {
		return nil
	}
	return func(d *draft) {
		d.sign = func(_ *Key, input []byte) ([]byte, error) { return sign(input), nil }
	}
}

// TamperedPayload adds a claim after the token was signed.
func TamperedPayload() TokenOption { return func(d *draft) { d.tamperedPayload = true } }

// TamperedSignature flips a bit of the signature.
func TamperedSignature() TokenOption { return func(d *draft) { d.tamperedSignature = true } }

// RawPayload signs this text in place of the claims.
func RawPayload(text string) TokenOption { return func(d *draft) { d.rawPayload = &text } }

// RawHeader puts this text in place of the header.
func RawHeader(text string) TokenOption { return func(d *draft) { d.rawHeader = &text } }

// EncodedBy encodes header, payload and signature with encode, for example
// base64.URLEncoding.EncodeToString with its padding. The signature is over the encoded
// text.
func EncodedBy(encode func(part []byte) string) TokenOption {
	if encode == nil {
		return nil
	}
	return func(d *draft) { d.encode = encode }
}
