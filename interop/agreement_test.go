package interop

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/poolguard/poolguard/cognito"
	mint "github.com/poolguard/poolguard/cognito/cognitotest"
)

const (
	access = cognito.TokenUseAccess
	id     = cognito.TokenUseID
)

// TestGoodTokens has both verifiers accept the same tokens and read the same out of
// them.
func TestGoodTokens(t *testing.T) {
	t.Parallel()
	needNode(t)
	c := newComparison(t)
	rows := append(c.goodAccessTokens(), append(c.goodIDTokens(), c.goodShapes(t)...)...)
	if len(rows) < 25 {
		t.Errorf("only %d rows", len(rows))
	}
	ours, theirs := c.verify(t, rows)
	for n, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			if !ours[n].accepted || !theirs[n].accepted {
				t.Fatalf("poolguard says %q, aws-jwt-verify %q; both should accept", ours[n].reason, theirs[n].reason)
			}
			if diff := cmp.Diff(claimsOfPayload(t, theirs[n].payload), ours[n].claims); diff != "" {
				t.Errorf("claims (-aws-jwt-verify +poolguard):\n%s", diff)
			}
		})
	}
}

// oddGroups are names that Cognito allows: any punctuation, and other scripts.
var oddGroups = []string{"staff", "a,b", "eu-west-1_Google", "ärzte", "管理者", "x:y/z", `"quoted"`, `back\slash`, "🦊"}

func (c *comparison) goodAccessTokens() []row {
	p, long := c.first, strings.Repeat("orders/read ", 400)
	return []row{
		{"access", access, p.AccessToken()},
		{"access, groups", access, p.AccessToken(mint.Groups("staff", "admins"))},
		{"access, odd groups", access, p.AccessToken(mint.Groups(oddGroups...))},
		{"access, no groups in the list", access, p.AccessToken(mint.Groups())},
		{"access, scopes", access, p.AccessToken(mint.Scopes("openid", "orders/read", "https://api.example.com/orders.write"))},
		{"access, empty scope", access, p.AccessToken(mint.Scopes())},
		{"access, no scope", access, p.AccessToken(mint.WithoutClaim("scope"))},
		{"access, many scopes", access, p.AccessToken(mint.Claim("scope", strings.TrimSpace(long)))},
		{"access, bound to a resource", access, p.AccessToken(mint.Audience(resource))},
		{"access, bound to resources", access, p.AccessToken(mint.Audience(resource, "urn:orders"))},
		{"access, bound to its own client", access, p.AccessToken(mint.Audience(p.ClientID()))},
		{"access, acr and amr", access, p.AccessToken(mint.ACR("urn:cognito:loa:3"), mint.Claim("amr", []string{"pwd", "otp"}))},
		{"access, device", access, p.AccessToken(mint.Claim("device_key", "us-east-1_9f8e7d6c"))},
		{"access, e-mail of a trigger", access, p.AccessToken(mint.Claim("email", map[string]any{"address": "a@example.com"}))},
		{"access of an older pool", access, p.AccessToken(mint.WithoutClaim("origin_jti", "event_id", "auth_time", "version"))},
		{"access, sub is no UUID", access, p.AccessToken(mint.ForSubject("google_1234567890"))},
		{"access, signed in yesterday", access, p.AccessToken(mint.SignedInAgo(24 * time.Hour))},
		{"access of a second client", access, c.second.AccessToken(mint.ForClient(cli))},
		{"access of a second pool", access, c.second.AccessToken()},
		{"access, updated issuer", access, c.switched.AccessToken()},
		{"machine", access, p.MachineToken()},
		{"machine, scopes", access, p.MachineToken(mint.Scopes("orders/read", "orders/write"))},
		{"machine, updated issuer", access, c.switched.MachineToken()},
		{"machine, bound to a resource", access, p.MachineToken(mint.Audience(resource))},
	}
}

func (c *comparison) goodIDTokens() []row {
	p := c.first
	identities := json.RawMessage(`[{"userId":"1234","providerName":"Google","providerType":"Google","issuer":null,"primary":"true","dateCreated":"1642699117273"}]`)
	return []row{
		{"ID", id, p.IDToken()},
		{"ID, nonce", id, p.IDToken(mint.Nonce("n-0S6_WzA2Mj"))},
		{"ID, groups and roles", id, p.IDToken(mint.Groups(oddGroups...), mint.Claim("cognito:preferred_role", "arn:aws:iam::123456789012:role/staff"),
			mint.Claim("cognito:roles", []string{"arn:aws:iam::123456789012:role/staff"}))},
		{"ID, custom attributes", id, p.IDToken(mint.Claim("custom:tier", "gold"), mint.Claim("custom:é 🦊", "1"), mint.Claim("custom:empty", ""))},
		{"ID, phone", id, p.IDToken(mint.Claim("phone_number", "+4912345"), mint.Claim("phone_number_verified", false))},
		{"ID, external provider", id, p.IDToken(mint.Claim("identities", identities), mint.Claim("cognito:username", "Google_1234"))},
		{"ID, at_hash, acr", id, p.IDToken(mint.Claim("at_hash", "dGhlIGhhc2ggb2YgYSB0b2tlbg"), mint.ACR("urn:cognito:loa:1"))},
		{"ID of an older pool", id, p.IDToken(mint.WithoutClaim("origin_jti", "event_id", "auth_time", "jti"))},
		{"ID of a second client", id, c.second.IDToken(mint.ForClient(cli))},
		{"ID, updated issuer", id, c.switched.IDToken(mint.Nonce("x"))},
	}
}

// goodShapes are tokens that are unusual in how they are written.
func (c *comparison) goodShapes(t *testing.T) []row {
	t.Helper()
	p := c.first
	every := mint.Claim("custom", json.RawMessage(`{"list":[1,-0.5,1e3,true,false,null,"\u00e9\ud83e\udd8a\/",[],{}],"deep":{"a":{"b":[{"c":0}]}}}`))
	exp := time.Now().Add(time.Hour).Unix()
	payload := func(format string) mint.TokenOption {
		return mint.RawPayload(fmt.Sprintf(format, p.Issuer(), p.ClientID(), exp))
	}
	rows := []row{
		{"access, custom claims of every kind", access, p.AccessToken(every)},
		{"ID, custom claims of every kind", id, p.IDToken(every)},
		{"slashes as they are", access, p.AccessToken(payload(`{"iss":%q,"client_id":%q,"exp":%d,"token_use":"access","sub":"a/b"}`))},
		{"white space", access, p.AccessToken(payload("\n{ \"iss\" : %q,\t\"client_id\" :%q,\r\n\"exp\":%d , \"token_use\":\"access\" }\n"))},
		{"escapes everywhere", access, p.AccessToken(payload(`{"\u0069ss":%q,"client\u005fid":%q,"exp":%d,"token_use":"acc\u0065ss"}`))},
		{"exp with a fraction", access, p.AccessToken(mint.Claim("exp", float64(exp)+0.25), mint.Claim("iat", float64(exp)-3600.5))},
		{"exp with an exponent", access, p.AccessToken(mint.Claim("exp", json.RawMessage("4.5e9")))},
		{"exp in the year 9999", id, p.IDToken(mint.Claim("exp", int64(253402300799)))},
		{"nbf that has come", access, p.AccessToken(mint.Claim("nbf", exp-7200))},
		{"typ in the header", access, p.AccessToken(mint.Header("typ", "JWT"))},
		{"a large token", id, p.IDToken(mint.Claim("custom:large", strings.Repeat("é", 5000)))},
	}
	p.RotateKeys()
	return append(rows, row{"a rotated key", access, p.AccessToken()}, row{"a rotated key, ID", id, p.IDToken()})
}

// TestBadTokens has both refuse what is not good.
func TestBadTokens(t *testing.T) {
	t.Parallel()
	needNode(t)
	c := newComparison(t)
	rows := c.badTokens()
	ours, theirs := c.verify(t, rows)
	for n, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			if ours[n].accepted || theirs[n].accepted {
				t.Errorf("poolguard says %q, aws-jwt-verify %q; both should refuse", ours[n].reason, theirs[n].reason)
			}
			if strings.HasSuffix(ours[n].reason, "_unavailable") {
				t.Errorf("%s is no refusal", ours[n].reason)
			}
		})
	}
}

func (c *comparison) badTokens() []row {
	p := c.first
	return []row{
		{"expired", access, p.AccessToken(mint.Expired())},
		{"not yet valid", access, p.AccessToken(mint.NotYetValid())},
		{"another client", access, p.AccessToken(mint.ForClient("another"))},
		{"another client, ID", id, p.IDToken(mint.ForClient("another"))},
		{"a client of another pool", access, p.AccessToken(mint.ForClient(cli))},
		{"no client", access, p.AccessToken(mint.WithoutClaim("client_id"))},
		{"ID for access", access, p.IDToken()},
		{"access for ID", id, p.AccessToken()},
		{"no token_use", access, p.AccessToken(mint.WithoutClaim("token_use"))},
		{"aud of an ID token is a list", id, p.IDToken(mint.Claim("aud", []string{p.ClientID()}))},
		{"another pool", access, c.foreign.AccessToken(mint.ForClient(p.ClientID()))},
		{"another issuer", access, p.AccessToken(mint.Claim("iss", "https://cognito-idp.us-east-1.amazonaws.com.example.com/"+p.ID()))},
		{"issuer with a slash", access, p.AccessToken(mint.Claim("iss", p.Issuer()+"/"))},
		{"no issuer", access, p.AccessToken(mint.WithoutClaim("iss"))},
		{"payload changed", access, p.AccessToken(mint.TamperedPayload())},
		{"signature changed", access, p.AccessToken(mint.TamperedSignature())},
		{"another key of that name", access, p.AccessToken(mint.WrongKey())},
		{"unknown key", access, p.AccessToken(mint.UnknownKey())},
		{"no kid", access, p.AccessToken(mint.WithoutHeader("kid"))},
		{"alg none", access, p.AccessToken(mint.Algorithm("none"))},
		{"alg HS256 with the public key", access, p.AccessToken(mint.Algorithm("HS256"))},
		{"alg RS512", access, p.AccessToken(mint.Algorithm("RS512"))},
		{"alg rs256", access, p.AccessToken(mint.Algorithm("rs256"))},
		{"exp is a string", access, p.AccessToken(mint.Claim("exp", "4102444800"))},
		{"payload is an array", access, p.AccessToken(mint.RawPayload("[]"))},
		{"payload is no JSON", access, p.AccessToken(mint.RawPayload("{"))},
		{"a refresh token", access, p.RefreshToken()},
		{"two parts", access, strings.Join(strings.Split(p.AccessToken(), ".")[:2], ".")},
		{"nothing", access, ""},
	}
}

// TestStricter lists where the two differ on purpose: what this project refuses and
// aws-jwt-verify 5.2.1 lets pass. A row that fails because aws-jwt-verify has become
// stricter belongs into TestBadTokens.
func TestStricter(t *testing.T) {
	t.Parallel()
	needNode(t)
	c := newComparison(t)
	p := c.first
	tests := []struct {
		row
		want cognito.Code
	}{
		{row{"no exp", access, p.AccessToken(mint.WithoutClaim("exp"))}, cognito.ErrClaimMissing},
		{row{"bound to a resource of others", access, p.AccessToken(mint.Audience("https://bank.example.com"))}, cognito.ErrAudienceMismatch},
		{row{"a claim twice", access, p.AccessToken(mint.RepeatClaim("username", "admin"))}, cognito.ErrTokenMalformed},
		{row{"a critical extension", access, p.AccessToken(mint.Header("crit", []string{"exp"}))}, cognito.ErrTokenMalformed},
		{row{"groups is no list", access, p.AccessToken(mint.Claim("cognito:groups", "admins"))}, cognito.ErrClaimInvalid},
		{row{"padding", access, p.AccessToken(mint.EncodedBy(base64.URLEncoding.EncodeToString))}, cognito.ErrTokenMalformed},
	}
	var rows []row
	for _, test := range tests {
		rows = append(rows, test.row)
	}
	ours, theirs := c.verify(t, rows)
	for n, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if ours[n].reason != string(test.want) || !theirs[n].accepted {
				t.Errorf("poolguard says %q, want %q; aws-jwt-verify %q, which accepted it once", ours[n].reason, test.want, theirs[n].reason)
			}
		})
	}
}
