package userpool_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/poolguard/poolguard/userpool"
)

// endpoints are all that a server answers, with the type of the body that each
// reads. Actions of the API come by the name in the fuzzed header.
var endpoints = []struct{ method, path, contentType string }{
	{"GET", "/", ""},
	{"POST", "/", "application/x-amz-json-1.1"},
	{"OPTIONS", "/", ""},
	{"GET", "/" + poolID + "/.well-known/openid-configuration", ""},
	{"GET", "/" + poolID + "/.well-known/jwks.json", ""},
	{"GET", "/oauth2/authorize", ""},
	{"POST", "/oauth2/token", formType},
	{"GET", "/oauth2/userInfo", ""},
	{"POST", "/oauth2/revoke", formType},
	{"GET", "/logout", ""},
	{"GET", "/login", ""},
	{"POST", "/login", formType},
	{"GET", "/signup", ""},
	{"POST", "/signup", formType},
	{"GET", "/confirm", ""},
	{"POST", "/confirm", formType},
	{"POST", "/resendcode", formType},
	{"GET", "/forgotPassword", ""},
	{"POST", "/forgotPassword", formType},
	{"POST", "/confirmforgotPassword", formType},
	{"POST", "/newPassword", formType},
	{"POST", "/mfa", formType},
	{"POST", "/mfaSetup", formType},
	{"GET", "/provider", ""},
	{"POST", "/provider", formType},
	{"GET", "/error", ""},
	{"GET", "/inspect", ""},
	{"POST", "/_local/clock", "application/json"},
	{"POST", "/_local/keys/withdraw", "application/json"},
	{"POST", "/_local/mint", "application/json"},
	{"GET", "/_local/faults", ""},
}

const formType = "application/x-www-form-urlencoded"

// FuzzEndpoints sends anything to everything: no panic, no 5xx, no answer that does
// not end. What a request says in braces is replaced by the real thing, so that the
// fuzzer gets beyond the first check.
func FuzzEndpoints(f *testing.F) {
	query := authorizeQuery().Encode()
	for i := range endpoints {
		f.Add(uint8(i), query, "", "{}")
		f.Add(uint8(i), query, "Bearer {access}", "_csrf={csrf}&username=anaya&password=Passw0rd!&code=123456&token={refresh}")
	}
	for _, action := range []string{
		`GetUser {"AccessToken":"{access}"}`, `AdminGetUser {"UserPoolId":"us-east-1_Local0001","Username":"anaya"}`,
		`SignUp {"ClientId":"local-client","Username":"x","Password":"Passw0rd!","UserAttributes":[{"Name":"email","Value":"x@example.com"}]}`,
		`InitiateAuth {"ClientId":"local-client","AuthFlow":"USER_SRP_AUTH","AuthParameters":{"USERNAME":"anaya","SRP_A":"abcdef"}}`,
		`GetTokensFromRefreshToken {"ClientId":"local-client","RefreshToken":"{refresh}"}`,
		`UpdateUserAttributes {"AccessToken":"{access}","UserAttributes":[{"Name":"email","Value":"y@example.com"}]}`,
		`ListUsers {"UserPoolId":"us-east-1_Local0001","Filter":"email ^= \"a\"","Limit":1}`,
		`CreateUserPoolClient {"UserPoolId":"us-east-1_Local0001","ClientName":"c","GenerateSecret":true}`,
		`CreateGroup {"UserPoolId":"us-east-1_Local0001","GroupName":"g","Precedence":1}`,
		`AssociateSoftwareToken {"AccessToken":"{access}"}`,
	} {
		name, body, _ := strings.Cut(action, " ")
		f.Add(uint8(1), "", name, body)
	}
	server, err := userpool.New(userpool.Config{
		PublicURL: "http://pool.test", Controls: true, Clock: func() time.Time { return start }, Inspector: http.NotFoundHandler(),
	})
	if err != nil {
		f.Fatal(err)
	}
	_, out := apiCall(f, &fixture{Server: server}, "InitiateAuth", map[string]any{
		"AuthFlow": "USER_PASSWORD_AUTH", "ClientId": "local-client",
		"AuthParameters": map[string]string{"USERNAME": "anaya", "PASSWORD": "Passw0rd!"},
	})
	tokens, ok := out["AuthenticationResult"].(map[string]any)
	if !ok {
		f.Fatalf("no sign-in: %v", out)
	}
	first, page := get(f, server, "/login?"+query)
	_, fields := parseForm(f, page)
	replace := strings.NewReplacer("{access}", tokens["AccessToken"].(string), "{refresh}", tokens["RefreshToken"].(string), "{csrf}", fields.Get("_csrf"))
	f.Fuzz(func(t *testing.T, n uint8, query, header, body string) {
		e := endpoints[int(n)%len(endpoints)]
		r := httptest.NewRequest(e.method, e.path, strings.NewReader(replace.Replace(body)))
		r.Host = "127.0.0.1:9229" // the controls answer under no other
		r.URL.RawQuery = query
		if e.contentType != "" {
			r.Header.Set("Content-Type", e.contentType)
		}
		switch {
		case e.path == "/" && e.method == http.MethodPost:
			r.Header.Set("X-Amz-Target", "AWSCognitoIdentityProviderService."+header)
		case header != "":
			r.Header.Set("Authorization", replace.Replace(header))
		}
		for _, c := range first.Cookies() {
			r.AddCookie(c)
		}
		response, answer := request(t, server, r)
		if response.StatusCode >= http.StatusInternalServerError || len(answer) > 1<<20 {
			t.Errorf("%s %s: %d, %d bytes: %.300s", e.method, e.path, response.StatusCode, len(answer), answer)
		}
	})
}
