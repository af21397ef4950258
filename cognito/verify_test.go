package cognito_test

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/cognitotest"
	"github.com/poolguard/poolguard/cognito/keyset"
)

// newVerifier trusts the issuer's pools, changed by change where that is not nil.
func newVerifier(t testing.TB, issuer *cognitotest.Issuer, change func(*cognito.Config)) *cognito.Verifier {
	t.Helper()
	config := issuer.Config()
	if change != nil {
		change(&config)
	}
	verifier, err := cognito.New(config)
	if err != nil {
		t.Fatal(err)
	}
	return verifier
}

// checkVerdict verifies raw and checks the code, "" for a good token; that no
// message holds a piece of the token; and that an inspection by the same verifier
// comes to the same verdict first.
func checkVerdict(t *testing.T, verifier *cognito.Verifier, raw string, use cognito.TokenUse, want cognito.Code, requirements ...cognito.Requirement) {
	t.Helper()
	var err error
	switch use {
	case cognito.TokenUseAccess:
		_, err = verifier.VerifyAccessToken(t.Context(), raw, requirements...)
	case cognito.TokenUseID:
		_, err = verifier.VerifyIDToken(t.Context(), raw, requirements...)
	default:
		_, err = verifier.VerifyEither(t.Context(), raw, requirements...)
	}
	if got := cognito.CodeOf(err); got != want || (err == nil) != (want == "") {
		t.Errorf("got %v, want %q", err, want)
	}
	report := verifier.Inspect(t.Context(), raw, use, requirements...)
	if got := cognito.CodeOf(report.Err()); got != want {
		t.Errorf("inspection says %v, want %q", report.Err(), want)
	}
	if err == nil {
		return
	}
	var typed *cognito.Error
	if !errors.As(err, &typed) || typed.Message() == "" {
		t.Fatalf("%T is not an *Error with a message", err)
	}
	for part := range strings.SplitSeq(raw, ".") {
		if len(part) > 12 && strings.Contains(err.Error(), part[:12]) {
			t.Errorf("the error holds a part of the token: %v", err)
		}
	}
}

func TestGoodTokens(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	pool := issuer.Pool()
	verifier := newVerifier(t, issuer, func(c *cognito.Config) {
		c.UserPools[0].Audiences = []string{"https://orders.example.com", "https://b.example.com"}
	})
	now := issuer.Clock().Now()
	for name, raw := range map[string]string{
		"plain":                       pool.AccessToken(),
		"machine":                     pool.MachineToken(),
		"groups":                      pool.AccessToken(cognitotest.Groups("a,b", "ü", `"`)),
		"no groups":                   pool.AccessToken(cognitotest.Claim("cognito:groups", []string{})),
		"no origin_jti, no event_id":  pool.AccessToken(cognitotest.WithoutClaim("origin_jti", "event_id", "jti", "auth_time", "iat", "version", "scope", "sub")),
		"fractional exp":              pool.AccessToken(cognitotest.Claim("exp", float64(now.Unix())+0.75)),
		"exp of 2^53":                 pool.AccessToken(cognitotest.Claim("exp", json.RawMessage("9007199254740992"))),
		"exp of 2^53 with a fraction": pool.AccessToken(cognitotest.Claim("exp", json.RawMessage("9007199254740992.0"))),
		"nbf of minus zero":           pool.AccessToken(cognitotest.Claim("nbf", json.RawMessage("-0.0e5"))),
		"exp with an exponent":        pool.AccessToken(cognitotest.Claim("exp", json.RawMessage("9e12"))),
		"iat in the future":           pool.AccessToken(cognitotest.Claim("iat", now.Add(time.Hour).Unix())),
		"nbf now":                     pool.AccessToken(cognitotest.Claim("nbf", now.Unix())),
		"bound to us":                 pool.AccessToken(cognitotest.Audience("https://orders.example.com")),
		"bound to us twice":           pool.AccessToken(cognitotest.Audience("https://orders.example.com", "https://b.example.com")),
		"bound to its client":         pool.AccessToken(cognitotest.Audience(cognitotest.ClientID)),
		"custom claims of all kinds":  pool.AccessToken(cognitotest.Claim("custom:a", map[string]any{"x": []any{1, nil, true}}), cognitotest.Claim("email", 5)),
		"a number out of range":       pool.AccessToken(cognitotest.Claim("custom:a", json.RawMessage("1e999"))),
		"escaped slashes and letters": pool.AccessToken(cognitotest.Claim("iss", json.RawMessage(`"`+strings.ReplaceAll(pool.Issuer(), "/", `\/`)+`"`)), cognitotest.Claim("token_use", json.RawMessage(`"\u0061ccess"`))),
		"acr and amr":                 pool.AccessToken(cognitotest.ACR("urn:cognito:loa:2"), cognitotest.Claim("amr", []string{"pwd", "otp"})),
		"header with typ":             pool.AccessToken(cognitotest.Header("typ", "JWT")),
		"header with an unused jku":   pool.AccessToken(cognitotest.Header("jku", "https://evil.example.com/jwks.json")),
		"a version out of range":      pool.AccessToken(cognitotest.Claim("version", json.RawMessage("21e400"))),
		"nonce of another kind":       pool.AccessToken(cognitotest.Claim("nonce", 5)), // no claim of access tokens
	} {
		t.Run(name, func(t *testing.T) {
			checkVerdict(t, verifier, raw, cognito.TokenUseAccess, "")
			checkVerdict(t, verifier, raw, "", "")
			checkVerdict(t, verifier, raw, cognito.TokenUseID, cognito.ErrTokenUseMismatch)
		})
	}
	id := pool.IDToken(cognitotest.Claim("scope", 5), cognitotest.Claim("custom:tier", "gold"))
	checkVerdict(t, verifier, id, cognito.TokenUseID, "")
	checkVerdict(t, verifier, id, "", "")
	checkVerdict(t, verifier, id, cognito.TokenUseAccess, cognito.ErrTokenUseMismatch)
}

// TestRefusedAccessTokens has the classes of published attacks on tokens, each once
// in every form that matters.
func TestRefusedAccessTokens(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	pool := issuer.Pool()
	other := issuer.AddPool("eu-west-1_Other0001", "other-client")
	foreign := cognitotest.NewIssuer().AddPool("us-east-1_Foreign01")
	verifier := newVerifier(t, issuer, func(c *cognito.Config) { c.UserPools[0].Audiences = []string{"https://orders.example.com"} })
	now := issuer.Clock().Now()
	mint := pool.AccessToken
	claim, raw := cognitotest.Claim, func(s string) any { return json.RawMessage(s) }
	parts := strings.Split(mint(), ".")
	join := func(p ...string) string { return strings.Join(p, ".") }
	type row struct {
		raw  string
		code cognito.Code
	}
	for name, test := range map[string]row{
		"empty":                      {"", cognito.ErrTokenMalformed},
		"dots":                       {"..", cognito.ErrTokenMalformed},
		"no payload":                 {join(parts[0], "", parts[2]), cognito.ErrTokenMalformed},
		"refresh token":              {pool.RefreshToken(), cognito.ErrEncryptedToken},
		"four dots":                  {"....", cognito.ErrEncryptedToken},
		"thousands of dots":          {strings.Repeat(".", 10_000), cognito.ErrTokenMalformed},
		"a megabyte of dots":         {strings.Repeat(".", 1<<20), cognito.ErrTokenTooLarge},
		"too large":                  {mint(claim("custom:x", strings.Repeat("x", 20_000))), cognito.ErrTokenTooLarge},
		"Bearer before it":           {"Bearer " + mint(), cognito.ErrTokenMalformed},
		"white space after it":       {mint() + " ", cognito.ErrTokenMalformed},
		"padded":                     {mint(cognitotest.EncodedBy(base64.URLEncoding.EncodeToString), claim("x", "xx")), cognito.ErrTokenMalformed},
		"standard base64":            {mint(cognitotest.EncodedBy(base64.RawStdEncoding.EncodeToString), claim("x", "????>>>>")), cognito.ErrTokenMalformed},
		"line breaks inside":         {mint(cognitotest.EncodedBy(func(b []byte) string { s := base64.RawURLEncoding.EncodeToString(b); return s[:8] + "\n" + s[8:] })), cognito.ErrTokenMalformed},
		"payload an array":           {mint(cognitotest.RawPayload(`[]`)), cognito.ErrTokenMalformed},
		"payload a string":           {mint(cognitotest.RawPayload(`"x"`)), cognito.ErrTokenMalformed},
		"payload not JSON":           {mint(cognitotest.RawPayload(`foo`)), cognito.ErrTokenMalformed},
		"payload twice":              {mint(cognitotest.RawPayload(`{}{}`)), cognito.ErrTokenMalformed},
		"claim repeated":             {mint(cognitotest.RepeatClaim("sub", "admin")), cognito.ErrTokenMalformed},
		"claim repeated, escaped":    {mint(cognitotest.RawPayload(`{"sub":"a","\u0073ub":"b"}`)), cognito.ErrTokenMalformed},
		"repeated below":             {mint(claim("custom:x", raw(`{"a":1,"a":2}`))), cognito.ErrTokenMalformed},
		"bad UTF-8":                  {mint(claim("custom:x", raw("\"\xff\""))), cognito.ErrTokenMalformed},
		"half a surrogate pair":      {mint(claim("custom:x", raw(`"\udc00"`))), cognito.ErrTokenMalformed},
		"deep":                       {mint(claim("custom:x", raw(strings.Repeat("[", 2000)+strings.Repeat("]", 2000)))), cognito.ErrTokenMalformed},
		"crit":                       {mint(cognitotest.Header("crit", []string{"exp"})), cognito.ErrTokenMalformed},
		"b64":                        {mint(cognitotest.Header("b64", false), cognitotest.Header("crit", []string{"b64"})), cognito.ErrTokenMalformed},
		"header repeated":            {mint(cognitotest.RawHeader(`{"alg":"RS256","kid":"x","alg":"RS256"}`)), cognito.ErrTokenMalformed},
		"alg none":                   {mint(cognitotest.Algorithm("none")) + "AAAA", cognito.ErrAlgorithmNotAllowed},
		"alg none, unsigned":         {mint(cognitotest.Algorithm("none")), cognito.ErrTokenMalformed},
		"alg None":                   {mint(cognitotest.Algorithm("None")) + "AAAA", cognito.ErrAlgorithmNotAllowed},
		"alg nOnE":                   {mint(cognitotest.Algorithm("nOnE")) + "AAAA", cognito.ErrAlgorithmNotAllowed},
		"alg rs256":                  {mint(cognitotest.Algorithm("rs256")), cognito.ErrAlgorithmNotAllowed},
		"alg RS256 with a space":     {mint(cognitotest.Algorithm("RS256 ")), cognito.ErrAlgorithmNotAllowed},
		"HS256 keyed with the PEM":   {mint(cognitotest.Algorithm("HS256")), cognito.ErrAlgorithmNotAllowed},
		"RS384":                      {mint(cognitotest.Algorithm("RS384")), cognito.ErrAlgorithmNotAllowed},
		"PS256":                      {mint(cognitotest.Algorithm("PS256")), cognito.ErrAlgorithmNotAllowed},
		"no alg":                     {mint(cognitotest.WithoutHeader("alg")), cognito.ErrAlgorithmNotAllowed},
		"alg an array":               {mint(cognitotest.Header("alg", []string{"RS256"})), cognito.ErrAlgorithmNotAllowed},
		"alg null":                   {mint(cognitotest.Header("alg", nil)), cognito.ErrAlgorithmNotAllowed},
		"ALG":                        {mint(cognitotest.WithoutHeader("alg"), cognitotest.Header("ALG", "RS256")), cognito.ErrAlgorithmNotAllowed},
		"no iss":                     {mint(cognitotest.WithoutClaim("iss")), cognito.ErrClaimMissing},
		"iss an array":               {mint(claim("iss", []string{pool.Issuer()})), cognito.ErrClaimInvalid},
		"iss null":                   {mint(claim("iss", nil)), cognito.ErrClaimInvalid},
		"iss empty":                  {mint(claim("iss", "")), cognito.ErrIssuerMismatch},
		"iss with a slash":           {mint(claim("iss", pool.Issuer()+"/")), cognito.ErrIssuerMismatch},
		"iss in other case":          {mint(claim("iss", strings.ToUpper(pool.Issuer()))), cognito.ErrIssuerMismatch},
		"iss a prefix of ours":       {mint(claim("iss", pool.Issuer()[:len(pool.Issuer())-1])), cognito.ErrIssuerMismatch},
		"iss of an unknown pool":     {foreign.AccessToken(), cognito.ErrIssuerMismatch},
		"iss on another host":        {mint(claim("iss", "https://cognito-idp.us-east-1.amazonaws.com.evil.example/"+cognitotest.PoolID)), cognito.ErrIssuerMismatch},
		"key of the other pool":      {mint(cognitotest.SignedBy(other.AccessKey())), cognito.ErrKeyNotFound},
		"issuer of the other pool":   {mint(claim("iss", other.Issuer())), cognito.ErrKeyNotFound},
		"unknown kid":                {mint(cognitotest.UnknownKey()), cognito.ErrKeyNotFound},
		"no kid":                     {mint(cognitotest.WithoutHeader("kid")), cognito.ErrKeyNotFound},
		"kid empty":                  {mint(cognitotest.Header("kid", "")), cognito.ErrKeyNotFound},
		"kid a number":               {mint(cognitotest.Header("kid", 1)), cognito.ErrKeyNotFound},
		"kid a path":                 {mint(cognitotest.Header("kid", "../../../dev/null")), cognito.ErrKeyNotFound},
		"kid SQL":                    {mint(cognitotest.Header("kid", "x' UNION SELECT 'key")), cognito.ErrKeyNotFound},
		"wrong key":                  {mint(cognitotest.WrongKey()), cognito.ErrSignatureInvalid},
		"embedded key":               {mint(cognitotest.WrongKey(), cognitotest.Header("jwk", raw(`{"kty":"RSA","n":"AQAB","e":"AQAB"}`))), cognito.ErrSignatureInvalid},
		"key from an address":        {mint(cognitotest.WrongKey(), cognitotest.Header("jku", "https://evil.example/"), cognitotest.Header("x5u", "https://evil.example/")), cognito.ErrSignatureInvalid},
		"payload tampered with":      {mint(cognitotest.TamperedPayload()), cognito.ErrSignatureInvalid},
		"signature tampered with":    {mint(cognitotest.TamperedSignature()), cognito.ErrSignatureInvalid},
		"signature cut":              {join(parts[0], parts[1], parts[2][:340]), cognito.ErrSignatureInvalid},
		"signature of another token": {join(parts[0], parts[1], strings.Split(mint(), ".")[2]), cognito.ErrSignatureInvalid},
		"signature over n":           {mint(cognitotest.SignedWith(func([]byte) []byte { return largerThan(pool.AccessKey().Private().N) })), cognito.ErrSignatureInvalid},
		"signature of zeros":         {mint(cognitotest.SignedWith(func([]byte) []byte { return make([]byte, 256) })), cognito.ErrSignatureInvalid},
		"signature with a zero":      {mint(cognitotest.SignedWith(func([]byte) []byte { return make([]byte, 257) })), cognito.ErrSignatureInvalid},
		"no token_use":               {mint(cognitotest.WithoutClaim("token_use")), cognito.ErrClaimMissing},
		"token_use an array":         {mint(claim("token_use", []string{"access"})), cognito.ErrClaimInvalid},
		"token_use in capitals":      {mint(claim("token_use", "Access")), cognito.ErrTokenUseMismatch},
		"token_use refresh":          {mint(claim("token_use", "refresh")), cognito.ErrTokenUseMismatch},
		"TOKEN_USE":                  {mint(cognitotest.WithoutClaim("token_use"), claim("TOKEN_USE", "access")), cognito.ErrClaimMissing},
		"ID token":                   {pool.IDToken(), cognito.ErrTokenUseMismatch},
		"no client_id":               {mint(cognitotest.WithoutClaim("client_id")), cognito.ErrClaimMissing},
		"client_id empty":            {mint(claim("client_id", "")), cognito.ErrClientMismatch},
		"client_id an array":         {mint(claim("client_id", []string{cognitotest.ClientID})), cognito.ErrClaimInvalid},
		"other client":               {mint(cognitotest.ForClient("other-client")), cognito.ErrClientMismatch},
		"other client, ours as aud":  {mint(cognitotest.ForClient("other-client"), claim("aud", cognitotest.ClientID)), cognito.ErrClientMismatch},
		"client in other case":       {mint(cognitotest.ForClient(strings.ToUpper(cognitotest.ClientID))), cognito.ErrClientMismatch},
		"expired":                    {mint(cognitotest.Expired()), cognito.ErrTokenExpired},
		"expires now":                {mint(claim("exp", now.Unix())), cognito.ErrTokenExpired},
		"no exp":                     {mint(cognitotest.WithoutClaim("exp")), cognito.ErrClaimMissing},
		"EXP":                        {mint(cognitotest.WithoutClaim("exp"), claim("EXP", now.Unix()+9)), cognito.ErrClaimMissing},
		"exp a string":               {mint(claim("exp", fmt.Sprint(now.Unix()+9))), cognito.ErrClaimInvalid},
		"exp null":                   {mint(claim("exp", nil)), cognito.ErrClaimInvalid},
		"exp over 2^53":              {mint(claim("exp", raw("9007199254740993.5"))), cognito.ErrClaimInvalid},
		"exp infinite":               {mint(claim("exp", raw("1e400"))), cognito.ErrClaimInvalid},
		"exp negative":               {mint(claim("exp", -1)), cognito.ErrClaimInvalid},
		"exp of 2^53 and one":        {mint(claim("exp", raw("9007199254740993"))), cognito.ErrClaimInvalid},
		"exp of 2^53 and a bit":      {mint(claim("exp", raw("9007199254740992.000000000000000000000000000000000001"))), cognito.ErrClaimInvalid},
		"nbf a bit under zero":       {mint(claim("nbf", raw("-1e-400"))), cognito.ErrClaimInvalid},
		"nbf far under a bit":        {mint(claim("nbf", raw("-1e-999999999"))), cognito.ErrClaimInvalid},
		"exp zero":                   {mint(claim("exp", 0)), cognito.ErrTokenExpired},
		"exp in milliseconds":        {mint(claim("exp", raw("1e16"))), cognito.ErrClaimInvalid},
		"not yet valid":              {mint(cognitotest.NotYetValid()), cognito.ErrTokenNotYetValid},
		"nbf a string":               {mint(claim("nbf", "0")), cognito.ErrClaimInvalid},
		"foreign audience":           {mint(cognitotest.Audience("https://other.example.com")), cognito.ErrAudienceMismatch},
		"foreign audience and ours":  {mint(cognitotest.Audience("https://orders.example.com", "https://other.example.com")), cognito.ErrAudienceMismatch},
		"audience empty":             {mint(claim("aud", "")), cognito.ErrAudienceMismatch},
		"no audience in the list":    {mint(claim("aud", []string{})), cognito.ErrAudienceMismatch},
		"audience a number":          {mint(claim("aud", 5)), cognito.ErrClaimInvalid},
		"audience null":              {mint(claim("aud", nil)), cognito.ErrClaimInvalid},
		"audience a mixed list":      {mint(claim("aud", []any{"https://orders.example.com", 5})), cognito.ErrClaimInvalid},
		"groups a string":            {mint(claim("cognito:groups", "staff")), cognito.ErrClaimInvalid},
		"groups of numbers":          {mint(claim("cognito:groups", []int{1})), cognito.ErrClaimInvalid},
		"scope an array":             {mint(claim("scope", []string{"a"})), cognito.ErrClaimInvalid},
		"auth_time a string":         {mint(claim("auth_time", "5")), cognito.ErrClaimInvalid},
		"iat a string":               {mint(claim("iat", "5")), cognito.ErrClaimInvalid},
		"sub a number":               {mint(claim("sub", 5)), cognito.ErrClaimInvalid},
		"username null":              {mint(claim("username", nil)), cognito.ErrClaimInvalid},
		"amr a string":               {mint(claim("amr", "pwd")), cognito.ErrClaimInvalid},
		"acr a number":               {mint(claim("acr", 2)), cognito.ErrClaimInvalid},
		"version a string":           {mint(claim("version", "2")), cognito.ErrClaimInvalid},
	} {
		t.Run(name, func(t *testing.T) { checkVerdict(t, verifier, test.raw, cognito.TokenUseAccess, test.code) })
	}
}

func largerThan(n *big.Int) []byte {
	return new(big.Int).Add(n, big.NewInt(1)).FillBytes(make([]byte, 256))
}

// TestAnyClient: leaving out that check leaves out no other.
func TestAnyClient(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	verifier := newVerifier(t, issuer, func(c *cognito.Config) {
		c.UserPools[0].ClientIDs, c.UserPools[0].InsecureSkipClientCheck = nil, true
	})
	mint := issuer.Pool().AccessToken
	checkVerdict(t, verifier, mint(cognitotest.ForClient("other")), cognito.TokenUseAccess, "")
	checkVerdict(t, verifier, mint(cognitotest.ForClient("other"), cognitotest.Audience("other")), cognito.TokenUseAccess, "")
	checkVerdict(t, verifier, mint(cognitotest.Audience("https://other.example.com")), cognito.TokenUseAccess, cognito.ErrAudienceMismatch)
	checkVerdict(t, verifier, mint(cognitotest.ForClient(""), cognitotest.Audience("")), cognito.TokenUseAccess, cognito.ErrAudienceMismatch)
	checkVerdict(t, verifier, mint(cognitotest.WithoutClaim("client_id")), cognito.TokenUseAccess, cognito.ErrClaimMissing)
}

// TestZeroSource: a key source that was made of nothing has no keys.
func TestZeroSource(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	verifier := newVerifier(t, issuer, func(c *cognito.Config) { c.UserPools[0].KeySet = &keyset.Static{} })
	checkVerdict(t, verifier, issuer.Pool().AccessToken(), cognito.TokenUseAccess, cognito.ErrKeyNotFound)
}

// TestLeeway moves both ends of a token's time by it, and no further.
func TestLeeway(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	now := issuer.Clock().Now()
	verifier := newVerifier(t, issuer, func(c *cognito.Config) { c.Leeway = time.Minute })
	mint := issuer.Pool().AccessToken
	at := func(name string, d time.Duration) cognitotest.TokenOption {
		return cognitotest.Claim(name, now.Add(d).Unix())
	}
	checkVerdict(t, verifier, mint(at("exp", -59*time.Second)), cognito.TokenUseAccess, "")
	checkVerdict(t, verifier, mint(at("exp", -60*time.Second)), cognito.TokenUseAccess, cognito.ErrTokenExpired)
	checkVerdict(t, verifier, mint(at("nbf", 60*time.Second)), cognito.TokenUseAccess, "")
	checkVerdict(t, verifier, mint(at("nbf", 61*time.Second)), cognito.TokenUseAccess, cognito.ErrTokenNotYetValid)
}

// TestUntrustedIssuerIsNotAsked counts what goes out for tokens of issuers that are
// not trusted, or that fail before their key is looked for.
func TestUntrustedIssuerIsNotAsked(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	asked := 0
	verifier := newVerifier(t, issuer, func(c *cognito.Config) {
		c.HTTPClient = &http.Client{Transport: roundTripper(func(*http.Request) (*http.Response, error) {
			asked++
			return nil, errors.New("no network")
		})}
	})
	mint := issuer.Pool().AccessToken
	for _, raw := range []string{
		mint(cognitotest.Claim("iss", "https://evil.example")), mint(cognitotest.Algorithm("HS256")), mint(cognitotest.WithoutClaim("iss")),
		mint(cognitotest.WithoutHeader("kid")), mint(cognitotest.RepeatClaim("iss", "x")), issuer.Pool().RefreshToken(), "x.y.z",
	} {
		if _, err := verifier.VerifyAccessToken(t.Context(), raw); err == nil || errors.Is(err, cognito.ErrKeysUnavailable) {
			t.Errorf("got %v", err)
		}
		verifier.Inspect(t.Context(), raw, "")
	}
	if asked != 0 {
		t.Errorf("asked %d times", asked)
	}
	_, err := verifier.VerifyAccessToken(t.Context(), mint())
	var typed *cognito.Error
	if !errors.As(err, &typed) || typed.Code() != cognito.ErrKeysUnavailable || !typed.Temporary() || typed.RetryAfter() <= 0 {
		t.Errorf("got %v, want keys_unavailable with a time to wait", err)
	}
	if strings.Contains(typed.Message(), "no network") || !strings.Contains(err.Error(), "no network") {
		t.Errorf("the cause belongs into the error for logs, not into the message for the caller: %v", err)
	}
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
