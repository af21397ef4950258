package cognito_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/cognitotest"
)

func access(t *testing.T, options ...cognitotest.TokenOption) *cognito.AccessToken {
	t.Helper()
	issuer := cognitotest.NewIssuer()
	token, err := newVerifier(t, issuer, nil).VerifyAccessToken(t.Context(), issuer.Pool().AccessToken(options...))
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func TestAccessTokenClaims(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	issuer.Clock().Set(time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC))
	now := issuer.Clock().Now()
	raw := issuer.Pool().AccessToken(cognitotest.Claim("sub", "s"), cognitotest.Claim("username", `do\main`), cognitotest.Scopes("openid", "orders/read"),
		cognitotest.Groups("b", "a"), cognitotest.ACR("urn:cognito:loa:1"), cognitotest.Claim("amr", []string{"pwd"}), cognitotest.Claim("jti", "j"),
		cognitotest.Claim("origin_jti", "o"), cognitotest.Claim("event_id", "e"), cognitotest.Claim("device_key", "d"), cognitotest.Claim("version", 2),
		cognitotest.Claim("auth_time", now.Add(-time.Hour).Unix()), cognitotest.Claim("nbf", json.RawMessage("1700000000.5")), cognitotest.ExpiresIn(time.Minute))
	token, err := newVerifier(t, issuer, nil).VerifyAccessToken(t.Context(), raw)
	if err != nil {
		t.Fatal(err)
	}
	got := []any{token.UserPoolID(), token.Issuer(), token.KeyID(), token.Subject(), token.Username(), token.ClientID(), token.Scopes().Slice(), token.Groups().Slice(),
		token.ACR(), token.AMR().Slice(), token.TokenID(), token.OriginTokenID(), token.EventID(), token.DeviceKey(), token.Version(),
		token.AuthTime(), token.NotBefore(), token.ExpiresAt(), token.IssuedAt(), token.IsMachine(), token.Audiences().Len()}
	want := []any{cognitotest.PoolID, issuer.Pool().Issuer(), issuer.Pool().AccessKey().ID(), "s", `do\main`, cognitotest.ClientID, []string{"openid", "orders/read"}, []string{"b", "a"},
		"urn:cognito:loa:1", []string{"pwd"}, "j", "o", "e", "d", 2,
		now.Add(-time.Hour), time.Unix(1700000000, 5e8).UTC(), now.Add(time.Minute), now, false, 0}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("claims (-want +got):\n%s", diff)
	}
}

func TestMachineToken(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	token, err := newVerifier(t, issuer, nil).VerifyAccessToken(t.Context(), issuer.Pool().MachineToken())
	if err != nil {
		t.Fatal(err)
	}
	if !token.IsMachine() || token.Subject() != token.ClientID() || token.Username() != "" || token.Version() != 2 {
		t.Errorf("read as %s", token.RawClaims())
	}
}

func TestIDTokenClaims(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	raw := issuer.Pool().IDToken(cognitotest.Claim("cognito:username", "u"), cognitotest.Claim("email", "u@example.com"), cognitotest.Claim("email_verified", true),
		cognitotest.Claim("phone_number", "+15550100"), cognitotest.Claim("phone_number_verified", false), cognitotest.Claim("cognito:roles", []string{"arn:a", "arn:b"}),
		cognitotest.Claim("cognito:preferred_role", "arn:a"), cognitotest.Nonce("n"), cognitotest.Claim("at_hash", "h"),
		cognitotest.Claim("identities", json.RawMessage(`[{"userId":"7","providerName":"Corp","providerType":"SAML","issuer":"urn:corp","primary":"true","dateCreated":"1700000000000","new":{}},{"issuer":null,"primary":false,"dateCreated":1700000000001}]`)))
	token, err := newVerifier(t, issuer, nil).VerifyIDToken(t.Context(), raw)
	if err != nil {
		t.Fatal(err)
	}
	got := []any{token.ClientID(), token.Username(), token.Email(), token.EmailVerified(), token.PhoneNumber(), token.PhoneNumberVerified(),
		token.Roles().Slice(), token.PreferredRole(), token.Nonce(), token.AccessTokenHash(), token.Identities(), token.KeyID()}
	want := []any{cognitotest.ClientID, "u", "u@example.com", true, "+15550100", false,
		[]string{"arn:a", "arn:b"}, "arn:a", "n", "h",
		[]cognito.Identity{{UserID: "7", ProviderName: "Corp", ProviderType: "SAML", Issuer: "urn:corp", Primary: true, DateCreated: time.UnixMilli(1700000000000).UTC()},
			{DateCreated: time.UnixMilli(1700000000001).UTC()}}, issuer.Pool().IDKey().ID()}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("claims (-want +got):\n%s", diff)
	}
}

func TestCustomClaims(t *testing.T) {
	token := access(t, cognitotest.Claim("custom:tier", "gold"), cognitotest.Claim("limits", map[string]any{"daily": json.RawMessage("12345678901234567890")}), cognitotest.Claim("odd", []any{nil}))
	var mine struct {
		Tier   string `json:"custom:tier"`
		Limits struct {
			Daily json.Number `json:"daily"`
		} `json:"limits"`
	}
	if err := token.Claims(&mine); err != nil || mine.Tier != "gold" || mine.Limits.Daily != "12345678901234567890" {
		t.Errorf("decoded %+v, %v", mine, err)
	}
	var folded struct{ LIMITS, Sub string }
	if err := token.Claims(&folded); err != nil || folded.LIMITS != "" || folded.Sub != "" {
		t.Errorf("names must not be folded: %+v, %v", folded, err)
	}
	var wrong struct {
		Tier int `json:"custom:tier"`
	}
	if err := token.Claims(&wrong); err == nil {
		t.Error("a string was decoded into an int")
	}
	for _, dst := range []any{nil, mine, (*struct{})(nil)} {
		if err := token.Claims(dst); err == nil {
			t.Errorf("decoded into %T", dst)
		}
	}
	all := map[string]any{}
	if err := token.Claims(&all); err != nil || all["custom:tier"] != "gold" {
		t.Errorf("into a map: %v, %v", all, err)
	}
	if value, ok := token.Claim("odd"); !ok || string(value) != "[null]" {
		t.Errorf("odd is %s, %v", value, ok)
	}
	if value, ok := token.Claim("Odd"); ok || value != nil {
		t.Errorf("Odd is %s, %v", value, ok)
	}
}

// TestTokenIsImmutable writes to everything that the methods hand out.
func TestTokenIsImmutable(t *testing.T) {
	token := access(t, cognitotest.Groups("staff"), cognitotest.Scopes("a", "b"))
	before := fmt.Sprint(token.Groups(), token.Scopes(), string(token.RawClaims()), string(token.RawHeader()))
	token.Groups().Slice()[0] = "admins"
	copy(token.RawClaims(), "XXXXXXXX")
	copy(token.RawHeader(), "XXXXXXXX")
	value, _ := token.Claim("sub")
	copy(value, "XXXX")
	for range token.Scopes().All() {
		break
	}
	if after := fmt.Sprint(token.Groups(), token.Scopes(), string(token.RawClaims()), string(token.RawHeader())); after != before {
		t.Errorf("changed from %s to %s", before, after)
	}
}

// TestPrintedTokens checks that printing and logging show neither the claims nor
// anything to sign in with.
func TestPrintedTokens(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	raw := issuer.Pool().IDToken(cognitotest.Claim("email", "private@example.com"))
	verifier := newVerifier(t, issuer, nil)
	token, err := verifier.VerifyEither(t.Context(), raw)
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("signed in", "token", token)
	holder := struct {
		private *cognito.IDToken
		Value   cognito.IDToken
	}{token.(*cognito.IDToken), *token.(*cognito.IDToken)} //nolint:forcetypeassert // as careless as can be
	for _, text := range []string{fmt.Sprintf("%v %+v %#v", holder, holder, holder), fmt.Sprintf("%+v", holder.Value)} {
		if strings.Contains(text, "private@example.com") || strings.Contains(text, raw[len(raw)-20:]) {
			t.Errorf("a struct that holds a token is printed as %s", text)
		}
	}
	for _, text := range []string{token.String(), fmt.Sprintf("%v %+v %#v %s %q", token, token, token, token, token), log.String()} {
		if strings.Contains(text, "private@example.com") || strings.Contains(text, raw[len(raw)-20:]) || !strings.Contains(text, cognitotest.PoolID) {
			t.Errorf("printed as %s", text)
		}
	}
}

// TestTokenHoldsNoCredential looks through all memory of a token: whatever prints it,
// the text that its bearer sent cannot show.
func TestTokenHoldsNoCredential(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	raw := issuer.Pool().AccessToken()
	token, err := newVerifier(t, issuer, nil).VerifyAccessToken(t.Context(), raw)
	if err != nil {
		t.Fatal(err)
	}
	var search func(v reflect.Value, depth int)
	search = func(v reflect.Value, depth int) {
		switch {
		case depth > 6:
		case v.Kind() == reflect.String && strings.Contains(v.String(), raw[len(raw)-20:]):
			t.Errorf("a field holds %q", v.String())
		case v.Kind() == reflect.Pointer && !v.IsNil():
			search(v.Elem(), depth+1)
		case v.Kind() == reflect.Struct:
			for _, field := range v.Fields() {
				search(field, depth+1)
			}
		}
	}
	search(reflect.ValueOf(token), 0)
}

// TestZeroTokens: one that came from nowhere says nothing and is nobody's.
func TestZeroTokens(t *testing.T) {
	for _, token := range []*cognito.AccessToken{nil, new(cognito.AccessToken)} {
		if token.IsMachine() || token.Subject() != "" || token.UserPoolID() != "" || token.KeyID() != "" || token.Scopes().Len() != 0 || !strings.Contains(token.String(), "token") {
			t.Errorf("says %s", token)
		}
		if _, ok := token.Claim("sub"); ok || token.Claims(&struct{}{}) == nil {
			t.Error("has claims")
		}
	}
	var id *cognito.IDToken
	if id.EmailVerified() || id.ClientID() != "" || len(id.Identities()) != 0 {
		t.Error("says something")
	}
	// The kinds are of different types underneath, so that none is the other by a
	// conversion.
	if reflect.TypeFor[cognito.IDToken]().ConvertibleTo(reflect.TypeFor[cognito.AccessToken]()) {
		t.Error("an ID token can be made into an access token")
	}
}
