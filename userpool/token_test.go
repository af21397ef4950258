package userpool_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/poolguard/poolguard/userpool"
)

func machineForm(pairs ...string) url.Values {
	return with(url.Values{"grant_type": {"client_credentials"}}, pairs...)
}

func TestMachineToken(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name  string
		form  url.Values
		basic []string
		scope string
	}{
		{"all scopes, Basic", machineForm(), []string{"local-machine", "local-secret"}, "orders/read orders/write"},
		{"one scope, body", machineForm("scope", "orders/write", "client_id", "local-machine", "client_secret", "local-secret"), nil, "orders/write"},
		{"Basic and client_id", machineForm("client_id", "local-machine"), []string{"local-machine", "local-secret"}, "orders/read orders/write"},
		{"escaped Basic", machineForm(), []string{"local%2Dmachine", "local%2Dsecret"}, "orders/read orders/write"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			answer := tokenFrom(t, shared(), tc.form, tc.basic...)
			if answer.status != http.StatusOK || answer.ID != "" || answer.Refresh != "" || answer.Expires != 3600 || answer.Type != "Bearer" {
				t.Fatalf("%d %s", answer.status, answer.raw)
			}
			header, claims := verify(t, keySet(t, shared()), answer.Access)
			if !headerForm.MatchString(header) {
				t.Errorf("header %s", header)
			}
			now := float64(start.Unix())
			want := map[string]any{
				"iss": "http://pool.test/" + poolID, "sub": "local-machine", "client_id": "local-machine", "token_use": "access",
				"scope": tc.scope, "version": 2.0, "iat": now, "exp": now + 3600,
			}
			if diff := cmp.Diff(want, claims, cmpopts.IgnoreMapEntries(func(name string, _ any) bool { return name == "jti" })); diff != "" {
				t.Errorf("claims (-want +got):\n%s", diff)
			}
		})
	}
}

func TestTokenErrors(t *testing.T) {
	t.Parallel()
	const form = "application/x-www-form-urlencoded"
	basic := func(id, secret string) []string {
		r := http.Request{Header: http.Header{}}
		r.SetBasicAuth(id, secret)
		return r.Header.Values("Authorization")
	}
	machine := basic("local-machine", "local-secret")
	for _, tc := range []struct {
		name, contentType, body string
		authorization           []string
		want                    string
	}{
		{"no content type", "", machineForm().Encode(), machine, "invalid_request"},
		{"JSON", "application/json", `{"grant_type":"client_credentials"}`, machine, "invalid_request"},
		{"bad escape", form, "grant_type=%zz", machine, "invalid_request"},
		{"not UTF-8", form, "grant_type=%ff", machine, "invalid_request"},
		{"too long", form, machineForm("x", strings.Repeat("a", 100_000)).Encode(), machine, "invalid_request"},
		{"empty", form, "", machine, "invalid_request"},
		{"repeated parameter", form, machineForm().Encode() + "&grant_type=client_credentials", machine, "invalid_request"},
		{"unknown grant", form, "grant_type=password", machine, "unsupported_grant_type"},
		{"no client", form, machineForm().Encode(), nil, "invalid_client"},
		{"unknown client", form, machineForm().Encode(), basic("nobody", "local-secret"), "invalid_client"},
		{"wrong secret", form, machineForm().Encode(), basic("local-machine", "wrong"), "invalid_client"},
		{"no secret", form, machineForm("client_id", "local-machine").Encode(), nil, "invalid_client"},
		{"empty secret", form, machineForm().Encode(), basic("local-machine", ""), "invalid_client"},
		{"secret of a public client", form, codeForm("x", "client_secret", "local-secret").Encode(), nil, "invalid_client"},
		{"secret twice", form, machineForm("client_secret", "local-secret").Encode(), machine, "invalid_request"},
		{"two clients", form, machineForm("client_id", "local-client").Encode(), machine, "invalid_client"},
		{"two headers", form, machineForm().Encode(), append(machine, machine...), "invalid_client"},
		{"bearer", form, machineForm().Encode(), []string{"Bearer x"}, "invalid_client"},
		{"not base64", form, machineForm().Encode(), []string{"Basic !"}, "invalid_client"},
		{"no colon", form, machineForm().Encode(), []string{"Basic bG9jYWw="}, "invalid_client"},
		{"machine grant of a public client", form, machineForm("client_id", "local-client").Encode(), nil, "unauthorized_client"},
		{"code grant of a machine", form, codeForm("x", "client_id", "local-machine").Encode(), machine, "unauthorized_client"},
		{"foreign scope", form, machineForm("scope", "orders/read openid").Encode(), machine, "invalid_scope"},
		{"no code", form, codeForm("").Encode(), nil, "invalid_request"},
		{"no redirect", form, codeForm("x", "redirect_uri", "").Encode(), nil, "invalid_request"},
		{"unknown code", form, codeForm("x").Encode(), nil, "invalid_grant"},
		{"no refresh token", form, codeForm("", "grant_type", "refresh_token").Encode(), nil, "invalid_request"},
		{"unknown refresh token", form, codeForm("", "grant_type", "refresh_token", "refresh_token", "a.b.c.d.e").Encode(), nil, "invalid_grant"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			r := httptest.NewRequest(http.MethodPost, "/oauth2/token", strings.NewReader(tc.body))
			r.Header["Authorization"] = tc.authorization
			if tc.contentType != "" {
				r.Header.Set("Content-Type", tc.contentType)
			}
			response, body := request(t, shared(), r)
			if want := `{"error":"` + tc.want + `"}` + "\n"; response.StatusCode != http.StatusBadRequest || body != want {
				t.Errorf("%d %s, want %s", response.StatusCode, body, want)
			}
			for name, want := range map[string]string{
				"Content-Type": "application/json;charset=UTF-8", "Cache-Control": "no-store", "Access-Control-Allow-Origin": "*",
			} {
				if got := response.Header.Get(name); got != want {
					t.Errorf("%s: %q, want %q", name, got, want)
				}
			}
		})
	}
}

// Parameters in the URL do not count (RFC 6749 §2.3.1).
func TestTokenIgnoresQuery(t *testing.T) {
	t.Parallel()
	target := "/oauth2/token?" + machineForm("client_id", "local-machine", "client_secret", "local-secret").Encode()
	r := httptest.NewRequest(http.MethodPost, target, nil)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	response, body := request(t, shared(), r)
	if response.StatusCode != http.StatusBadRequest || body != `{"error":"invalid_request"}`+"\n" {
		t.Errorf("%d %s", response.StatusCode, body)
	}
}

func TestTokenPreflight(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"/oauth2/token", "/" + poolID + "/.well-known/jwks.json"} {
		response, _ := request(t, shared(), httptest.NewRequest(http.MethodOptions, path, nil))
		h := response.Header
		if response.StatusCode != http.StatusNoContent || h.Get("Access-Control-Allow-Origin") != "*" ||
			!strings.Contains(h.Get("Access-Control-Allow-Headers"), "Authorization") || h.Get("Access-Control-Allow-Credentials") != "" {
			t.Errorf("%s: %d %v", path, response.StatusCode, h)
		}
	}
}

// TestCodeRefused shows that a code is good once, for its client, its redirect
// and its verifier, and that a failed attempt burns it.
func TestCodeRefused(t *testing.T) {
	t.Parallel()
	f := serve(t, func(cfg *userpool.Config) {
		other := cfg.Pools[0].Clients[0]
		other.ID = "other-client"
		cfg.Pools[0].Clients = append(cfg.Pools[0].Clients, other)
	})
	b := newBrowser(t, f)
	b.signIn("anaya", authorizeQuery())
	newCode := func(pairs ...string) string {
		response, body := b.get("/oauth2/authorize?" + authorizeQuery(pairs...).Encode())
		return callbackQuery(t, response, body).Get("code")
	}
	noPKCE := []string{"code_challenge", "", "code_challenge_method", ""}
	for _, tc := range []struct {
		name      string
		authorize []string
		exchange  []string
		burned    bool
	}{
		{"wrong verifier", nil, []string{"code_verifier", strings.Repeat("x", 43)}, true},
		{"no verifier", nil, []string{"code_verifier", ""}, true},
		{"the challenge as verifier", nil, []string{"code_verifier", rfcChallenge}, true},
		{"malformed verifier", nil, []string{"code_verifier", rfcVerifier + " "}, true},
		{"verifier without challenge", noPKCE, nil, true},
		{"another redirect", nil, []string{"redirect_uri", "http://localhost:8976/callback"}, true},
		{"another client", nil, []string{"client_id", "other-client"}, true},
		{"another grant's error", nil, []string{"redirect_uri", ""}, false},
		{"unauthenticated client", nil, []string{"client_secret", "x"}, false},
	} {
		code := newCode(tc.authorize...)
		if answer := f.token(t, codeForm(code, tc.exchange...)); answer.status != http.StatusBadRequest {
			t.Errorf("%s: %d %s", tc.name, answer.status, answer.raw)
		} else if tc.burned && answer.Error != "invalid_grant" {
			t.Errorf("%s: %s, want invalid_grant", tc.name, answer.raw)
		}
		good := codeForm(code)
		if tc.authorize != nil {
			good.Del("code_verifier")
		}
		answer := f.token(t, good)
		if tc.burned && answer.Error != "invalid_grant" || !tc.burned && answer.status != http.StatusOK {
			t.Errorf("%s: afterwards %d %s", tc.name, answer.status, answer.raw)
		}
	}

	code := newCode(noPKCE...)
	if answer := f.token(t, codeForm(code, "code_verifier", "")); answer.status != http.StatusOK {
		t.Errorf("without PKCE: %d %s", answer.status, answer.raw)
	}
	if answer := f.token(t, codeForm(code, "code_verifier", "")); answer.Error != "invalid_grant" {
		t.Errorf("replay: %d %s", answer.status, answer.raw)
	}
}

func TestCodeExpires(t *testing.T) {
	t.Parallel()
	f := serve(t)
	b := newBrowser(t, f)
	code := b.signIn("anaya", authorizeQuery()).Get("code")
	response, body := b.get("/oauth2/authorize?" + authorizeQuery().Encode())
	second := callbackQuery(t, response, body).Get("code")
	f.SetClockOffset(5*time.Minute - time.Second)
	if answer := f.token(t, codeForm(code)); answer.status != http.StatusOK {
		t.Errorf("after 4:59: %d %s", answer.status, answer.raw)
	}
	f.SetClockOffset(5 * time.Minute)
	if answer := f.token(t, codeForm(second)); answer.Error != "invalid_grant" {
		t.Errorf("after 5:00: %d %s", answer.status, answer.raw)
	}
}

func TestCodeRace(t *testing.T) {
	t.Parallel()
	f := serve(t)
	form := codeForm(newBrowser(t, f).signIn("anaya", authorizeQuery()).Get("code"))
	won := race(t, f, form)
	if len(won) > 1 { // none, if the second use came before the first was answered
		t.Fatalf("%d of 8 requests got tokens for one code", len(won))
	}
	for _, answer := range won {
		if got := f.token(t, refreshForm(answer.Refresh)); got.Error != "invalid_grant" {
			t.Errorf("the refresh token of a code that was used 8 times: %d %s", got.status, got.raw)
		}
	}
}

// race sends form eight times at once and returns the good answers.
func race(t *testing.T, f *fixture, form url.Values) (won []tokens) {
	t.Helper()
	var mu sync.Mutex // guards won
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			response, err := http.PostForm(f.url+"/oauth2/token", form)
			if err != nil {
				t.Error(err)
				return
			}
			defer response.Body.Close()
			answer := tokens{status: response.StatusCode}
			if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
				t.Error(err)
			}
			if answer.status == http.StatusOK {
				mu.Lock()
				defer mu.Unlock()
				won = append(won, answer)
			}
		})
	}
	wg.Wait()
	return won
}
