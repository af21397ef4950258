package alb_test

import (
	"crypto"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/asn1"
	"encoding/base64"
	"encoding/json"
	"log/slog"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/alb"
)

func TestGoodTokens(t *testing.T) {
	e := newEndpoint()
	identity := expect(t, e.verifier(t), token(), "")
	if identity.Subject() != subject || identity.ClientID() != client || identity.Issuer() != issuer || identity.Signer() != balancer ||
		identity.KeyID() != kid || identity.Email() != "anaya@example.com" || !identity.EmailVerified() || time.Until(identity.ExpiresAt()) < time.Minute {
		t.Errorf("read as %v", identity)
	}
	var mine struct {
		Username string      `json:"username"`
		Exp      json.Number `json:"exp"`
	}
	if err := identity.Claims(&mine); err != nil || mine.Username != "anaya" || mine.Exp == "" {
		t.Errorf("claims %+v, %v", mine, err)
	}
	if identity.Claims(nil) == nil || identity.Claims(&struct{ Sub int }{}) != nil {
		t.Error("Claims: nil was taken, or names are compared without case")
	}
	var none *struct{}
	if err := identity.Claims(none); err == nil || err.Error() != "alb: Claims needs a non-nil pointer to decode into" {
		t.Errorf("Claims of a nil pointer: %v", err)
	}
	for _, dst := range []any{
		&struct {
			Sub json.Number `json:"sub"`
		}{},
		&struct {
			Exp string `json:"exp"`
		}{},
	} {
		if err := identity.Claims(dst); err == nil || !strings.Contains(err.Error(), "do not fit the Go type") {
			t.Errorf("Claims(%T): %v", dst, err)
		}
	}
	if value, ok := identity.Claim("email_verified"); !ok || string(value) != `"true"` {
		t.Errorf("claim %s, %v", value, ok)
	}
	if _, ok := identity.Claim("Sub"); ok {
		t.Error("names of claims are compared without case")
	}
	if !json.Valid(identity.RawClaims()) || !json.Valid(identity.RawHeader()) {
		t.Error("raw texts are no JSON")
	}
	identity.RawClaims()[0] = 'x'
	if !json.Valid(identity.RawClaims()) {
		t.Error("an identity can be changed")
	}
	if !strings.Contains(identity.String(), subject) || identity.LogValue().Kind() != slog.KindGroup {
		t.Errorf("%v", identity)
	}

	other := expect(t, e.verifiedAccess(t), token(ofVerifiedAccess), "")
	if other.Subject() != subject || other.ClientID() != "" || other.Signer() != instance {
		t.Errorf("read as %v", other)
	}
	padded := func(d *draft) { d.encoding = base64.URLEncoding }
	expect(t, e.verifiedAccess(t), token(ofVerifiedAccess, padded), "")
	center := expect(t, e.verifiedAccess(t), token(ofVerifiedAccess, header("iss", trustProvider), func(d *draft) {
		d.rawPayload = `{"user":{"user_id":"f478d4c8","user_name":"test-123","email":{"address":"test@example.com","verified":false}}}`
	}), "")
	if center.Subject() != "f478d4c8" {
		t.Errorf("read as %v", center)
	}
	if asked := e.requests(); len(asked) != 4 || asked[0] != east+kid || asked[1] != access+kid {
		t.Errorf("asked for %q", asked)
	}
}

// TestZeroValuesDeny and say nothing.
func TestZeroValuesDeny(t *testing.T) {
	expect(t, new(alb.Verifier), token(), cognito.ErrAccessDenied)
	expect(t, nil, token(), cognito.ErrAccessDenied)
	var none *alb.Identity
	if none.Subject() != "" || new(alb.Identity).ClientID() != "" || none.EmailVerified() {
		t.Error("an identity that nobody verified says something")
	}
}

// refusals are tokens of the load balancer, each wrong in one way.
func refusals() map[string]struct {
	raw  string
	want cognito.Code
} {
	now := time.Now().Unix()
	good := token()
	hs256 := func(key string) func(*draft) {
		return func(d *draft) {
			d.header["alg"] = "HS256"
			d.sign = func(input []byte) []byte {
				mac := hmac.New(sha256.New, []byte(key))
				mac.Write(input)
				return mac.Sum(nil)
			}
		}
	}
	signature := func(change func(d *draft, input []byte) []byte) func(*draft) {
		return func(d *draft) { d.sign = func(input []byte) []byte { return change(d, input) } }
	}
	type row = struct {
		raw  string
		want cognito.Code
	}
	return map[string]row{
		"empty":                   {"", cognito.ErrTokenMalformed},
		"too large":               {good + strings.Repeat("A", 16<<10), cognito.ErrTokenTooLarge},
		"encrypted":               {"a.b.c.d.e", cognito.ErrEncryptedToken},
		"unpadded":                {token(func(d *draft) { d.encoding = base64.RawURLEncoding }), cognito.ErrTokenMalformed},
		"padding taken away":      {strings.ReplaceAll(good, "=", ""), cognito.ErrTokenMalformed},
		"signature's taken away":  {strings.TrimRight(good, "="), cognito.ErrTokenMalformed},
		"standard base64":         {token(header("x", ">>>???"), func(d *draft) { d.encoding = base64.StdEncoding }), cognito.ErrTokenMalformed},
		"payload not JSON":        {token(func(d *draft) { d.rawPayload = "sub" }), cognito.ErrTokenMalformed},
		"payload repeats a name":  {token(func(d *draft) { d.rawPayload = `{"sub":"a","sub":"b"}` }), cognito.ErrTokenMalformed},
		"header repeats a name":   {token(func(d *draft) { d.rawHeader = `{"alg":"ES256","signer":"a","signer":"` + balancer + `"}` }), cognito.ErrTokenMalformed},
		"payload repeats a depth": {token(func(d *draft) { d.rawPayload = `{"sub":"a","user":{"a":1,"a":2}}` }), cognito.ErrTokenMalformed},
		"crit":                    {token(header("crit", []string{"exp"})), cognito.ErrTokenMalformed},

		"no alg":                {token(header("alg", nil)), cognito.ErrAlgorithmNotAllowed},
		"alg none":              {token(header("alg", "none")), cognito.ErrAlgorithmNotAllowed},
		"alg by case":           {token(header("alg", "es256")), cognito.ErrAlgorithmNotAllowed},
		"alg a list":            {token(header("alg", []string{"ES256"})), cognito.ErrAlgorithmNotAllowed},
		"RS256":                 {token(header("alg", "RS256")), cognito.ErrAlgorithmNotAllowed},
		"ES384":                 {token(header("alg", "ES384"), signedBy(p384), func(d *draft) { d.hash = crypto.SHA384 }), cognito.ErrAlgorithmNotAllowed},
		"HS256 with the PEM":    {token(hs256(pemOf(&p256.PublicKey))), cognito.ErrAlgorithmNotAllowed},
		"HS256 called ES256":    {token(hs256(pemOf(&p256.PublicKey)), header("alg", "ES256")), cognito.ErrSignatureInvalid},
		"ES256 by P-384":        {token(signedBy(p384)), cognito.ErrSignatureInvalid},
		"own key in the header": {token(signedBy(otherP256), header("jwk", map[string]any{"kty": "EC", "crv": "P-256"})), cognito.ErrSignatureInvalid},
		"no signature":          {good[:strings.LastIndexByte(good, '.')+1], cognito.ErrTokenMalformed},

		"no signer":         {token(header("signer", nil)), cognito.ErrClaimMissing},
		"signer a number":   {token(header("signer", 1)), cognito.ErrClaimInvalid},
		"signer a list":     {token(header("signer", []string{balancer})), cognito.ErrClaimInvalid},
		"ALBeast":           {token(header("signer", strings.Replace(balancer, "123456789012", "666666666666", 1))), cognito.ErrIssuerMismatch},
		"signer by case":    {token(header("signer", strings.ToUpper(balancer))), cognito.ErrIssuerMismatch},
		"signer and more":   {token(header("signer", balancer+"/x")), cognito.ErrIssuerMismatch},
		"signer, beginning": {token(header("signer", balancer[:len(balancer)-1])), cognito.ErrIssuerMismatch},
		"other region":      {token(header("signer", strings.Replace(balancer, "us-east-1", "eu-west-1", 1))), cognito.ErrIssuerMismatch},
		"signer in payload": {token(header("signer", nil), claim("signer", balancer)), cognito.ErrClaimMissing},
		"Signer":            {token(header("signer", nil), header("Signer", balancer)), cognito.ErrClaimMissing},

		"no iss":           {token(header("iss", nil)), cognito.ErrClaimMissing},
		"other iss":        {token(header("iss", issuer+"/")), cognito.ErrIssuerMismatch},
		"iss a number":     {token(header("iss", 1)), cognito.ErrClaimInvalid},
		"other iss below":  {token(claim("iss", "https://elsewhere.example")), cognito.ErrIssuerMismatch},
		"iss below a list": {token(claim("iss", []string{issuer})), cognito.ErrClaimInvalid},

		"no kid":      {token(header("kid", nil)), cognito.ErrKeyNotFound},
		"kid a list":  {token(header("kid", []string{kid})), cognito.ErrKeyNotFound},
		"unknown kid": {token(header("kid", strings.Replace(kid, "c2f8", "c2f9", 1))), cognito.ErrKeyNotFound},

		"other key":  {token(signedBy(otherP256)), cognito.ErrSignatureInvalid},
		"other hash": {token(func(d *draft) { d.hash = crypto.SHA384 }), cognito.ErrSignatureInvalid},
		"DER signature": {token(signature(func(d *draft, input []byte) []byte {
			r, s := d.signature(input)
			der, _ := asn1.Marshal(struct{ R, S *big.Int }{r, s})
			return der
		})), cognito.ErrSignatureInvalid},
		"zero signature": {token(signature(func(*draft, []byte) []byte { return make([]byte, 64) })), cognito.ErrSignatureInvalid},
		"short signature": {token(signature(func(d *draft, input []byte) []byte {
			r, s := d.signature(input)
			return join(elliptic.P256(), r, s)[:63]
		})), cognito.ErrSignatureInvalid},
		"long signature": {token(signature(func(d *draft, input []byte) []byte {
			r, s := d.signature(input)
			return append(join(elliptic.P256(), r, s), 0)
		})), cognito.ErrSignatureInvalid},
		"payload exchanged": {strings.Join([]string{strings.Split(good, ".")[0], strings.Split(token(claim("sub", "admin")), ".")[1], strings.Split(good, ".")[2]}, "."), cognito.ErrSignatureInvalid},

		"no client":                 {token(header("client", nil)), cognito.ErrClaimMissing},
		"other client":              {token(header("client", client+"0")), cognito.ErrClientMismatch},
		"client empty":              {token(header("client", "")), cognito.ErrClientMismatch},
		"client a list":             {token(header("client", []string{client})), cognito.ErrClaimInvalid},
		"client in payload":         {token(header("client", nil), claim("client", client)), cognito.ErrClaimMissing},
		"no exp":                    {token(header("exp", nil)), cognito.ErrClaimMissing},
		"exp a string":              {token(header("exp", "9000000000")), cognito.ErrClaimInvalid},
		"exp negative":              {token(header("exp", -1)), cognito.ErrClaimInvalid},
		"exp huge":                  {token(header("exp", 1e300)), cognito.ErrClaimInvalid},
		"exp now":                   {token(header("exp", now)), cognito.ErrTokenExpired},
		"expired":                   {token(header("exp", now-60)), cognito.ErrTokenExpired},
		"payload expired":           {token(claim("exp", now-60)), cognito.ErrTokenExpired},
		"payload exp no time":       {token(claim("exp", "soon")), cognito.ErrClaimInvalid},
		"not yet":                   {token(claim("nbf", now+60)), cognito.ErrTokenNotYetValid},
		"nbf no time":               {token(claim("nbf", true)), cognito.ErrClaimInvalid},
		"no sub":                    {token(claim("sub", nil)), cognito.ErrClaimMissing},
		"sub empty":                 {token(claim("sub", "")), cognito.ErrClaimInvalid},
		"sub a number":              {token(claim("sub", 7)), cognito.ErrClaimInvalid},
		"sub in the header":         {token(claim("sub", nil), header("sub", subject)), cognito.ErrClaimMissing},
		"an identity center's user": {token(claim("sub", nil), claim("user", map[string]any{"user_id": "x"})), cognito.ErrClaimMissing},
		"Verified Access":           {token(ofVerifiedAccess), cognito.ErrTokenMalformed},
	}
}

func TestRefusals(t *testing.T) {
	e := newEndpoint()
	for name, test := range refusals() {
		t.Run(name, func(t *testing.T) {
			// A verifier of its own, for names that are not there cost fetches.
			expect(t, e.verifier(t), test.raw, test.want)
		})
	}
	for _, address := range e.requests() {
		if !strings.HasPrefix(address, east) {
			t.Errorf("%q was asked for", address)
		}
	}
}

// TestLengthLimitIsExact: a token of the longest length is read, one byte more is not.
func TestLengthLimitIsExact(t *testing.T) {
	e, raw := newEndpoint(), token()
	for most, want := range map[int]cognito.Code{len(raw): "", len(raw) - 1: cognito.ErrTokenTooLarge} {
		expect(t, e.verifier(t, func(c *alb.Config) { c.MaxTokenBytes = most }), raw, want)
	}
}

// TestRefusalNamesWhatIsWrong: the part of a malformed token, and a foreign client in
// short.
func TestRefusalNamesWhatIsWrong(t *testing.T) {
	for raw, want := range map[string]string{
		"e30=.e30=.":                                      "the signature is empty",
		token(header("client", "other")):                  `got "other", want ` + client,
		token(header("kid", "other")):                     `50dc6c495c0c9188 and the kid "other"`,
		token(header("client", strings.Repeat("x", 101))): `"` + strings.Repeat("x", 100) + `"… (101 bytes)`,
		token(header("client", strings.Repeat("y", 100))): `"` + strings.Repeat("y", 100) + `"`,
	} {
		if _, err := newEndpoint().verifier(t).Verify(t.Context(), raw); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want it to have %s", err, want)
		}
	}
}

func TestVerifiedAccessRefusals(t *testing.T) {
	e := newEndpoint()
	mixed := "ICB7fQ==.e30." + base64.RawURLEncoding.EncodeToString(make([]byte, 96))
	for name, test := range map[string]struct {
		raw  string
		want cognito.Code
	}{
		"a load balancer's":    {token(), cognito.ErrAlgorithmNotAllowed},
		"ES256":                {token(ofVerifiedAccess, header("alg", "ES256")), cognito.ErrAlgorithmNotAllowed},
		"other instance":       {token(ofVerifiedAccess, header("signer", instance+"0")), cognito.ErrIssuerMismatch},
		"the load balancer":    {token(ofVerifiedAccess, header("signer", balancer)), cognito.ErrIssuerMismatch},
		"by P-256":             {token(ofVerifiedAccess, signedBy(p256)), cognito.ErrSignatureInvalid},
		"padded in part":       {mixed, cognito.ErrTokenMalformed},
		"expired":              {token(ofVerifiedAccess, header("exp", 1)), cognito.ErrTokenExpired},
		"no exp":               {token(ofVerifiedAccess, header("exp", nil)), cognito.ErrClaimMissing},
		"no sub":               {token(ofVerifiedAccess, claim("sub", nil)), cognito.ErrClaimMissing},
		"no user":              {token(ofVerifiedAccess, header("iss", trustProvider)), cognito.ErrClaimMissing},
		"user no object":       {token(ofVerifiedAccess, header("iss", trustProvider), claim("user", "x")), cognito.ErrClaimInvalid},
		"user without an ID":   {token(ofVerifiedAccess, header("iss", trustProvider), claim("user", map[string]any{})), cognito.ErrClaimMissing},
		"user's ID a number":   {token(ofVerifiedAccess, header("iss", trustProvider), claim("user", map[string]any{"user_id": 1})), cognito.ErrClaimInvalid},
		"other trust provider": {token(ofVerifiedAccess, header("iss", trustProvider+"0")), cognito.ErrIssuerMismatch},
	} {
		t.Run(name, func(t *testing.T) { expect(t, e.verifiedAccess(t), test.raw, test.want) })
	}
}

// TestMalleableSignature: (r, n-s) holds as (r, s) does, which is ECDSA. It is another
// text for the same claims, and makes no other claims good.
func TestMalleableSignature(t *testing.T) {
	v := newEndpoint().verifier(t)
	raw := token(func(d *draft) {
		d.sign = func(input []byte) []byte {
			r, s := d.signature(input)
			return join(elliptic.P256(), r, s.Sub(elliptic.P256().Params().N, s))
		}
	})
	if identity := expect(t, v, raw, ""); identity.Subject() != subject {
		t.Errorf("read as %v", identity)
	}
}

// TestRSAKeyIsNoKey: where the address has an RSA key under the name, neither algorithm
// gets it to be used.
func TestRSAKeyIsNoKey(t *testing.T) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	e := newEndpoint()
	e.put(east+kid, pemOf(&key.PublicKey))
	sign := func(d *draft) {
		d.sign = func(input []byte) []byte {
			digest := sha256.Sum256(input)
			signature, _ := rsa.SignPKCS1v15(nil, key, crypto.SHA256, digest[:])
			return signature
		}
	}
	expect(t, e.verifier(t), token(header("alg", "RS256"), sign), cognito.ErrAlgorithmNotAllowed)
	expect(t, e.verifier(t), token(sign), cognito.ErrKeysUnavailable)
}

func TestLeewayAndClients(t *testing.T) {
	e := newEndpoint()
	now := time.Now()
	at := func(when time.Time, leeway time.Duration) *alb.Verifier {
		return e.verifier(t, func(c *alb.Config) { c.Now, c.Leeway = func() time.Time { return when }, leeway })
	}
	raw := token(header("exp", now.Unix()), claim("exp", now.Unix()+30), claim("nbf", now.Unix()-10))
	exp := time.Unix(now.Unix(), 0)
	expect(t, at(exp.Add(-time.Nanosecond), 0), raw, "")
	expect(t, at(exp, 0), raw, cognito.ErrTokenExpired)
	expect(t, at(exp.Add(5*time.Second-1), 5*time.Second), raw, "")
	expect(t, at(exp.Add(5*time.Second), 5*time.Second), raw, cognito.ErrTokenExpired)
	expect(t, at(exp.Add(-10*time.Second), 0), raw, "")
	expect(t, at(exp.Add(-10*time.Second-1), 0), raw, cognito.ErrTokenNotYetValid)
	if identity := expect(t, at(exp.Add(-1), 0), raw, ""); !identity.ExpiresAt().Equal(exp) {
		t.Errorf("expires at %v", identity.ExpiresAt())
	}
	// The payload ends first.
	raw = token(header("exp", now.Unix()+30), claim("exp", now.Unix()))
	if identity := expect(t, at(exp.Add(-1), 0), raw, ""); !identity.ExpiresAt().Equal(exp) {
		t.Errorf("expires at %v", identity.ExpiresAt())
	}
	anyClient := e.verifier(t, func(c *alb.Config) { c.ClientIDs, c.InsecureSkipClientCheck = nil, true })
	expect(t, anyClient, token(header("client", "another")), "")
	expect(t, anyClient, token(header("client", nil)), cognito.ErrClaimMissing)
}
