package api

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
)

// FuzzActions sends any body to any action: no panic, no failure of the server's,
// no answer that is long or no JSON.
func FuzzActions(f *testing.F) {
	w := newWorld(f)
	names := []string{}
	for name := range w.actions {
		names = append(names, name)
	}
	slices.Sort(names)
	session := strings.Repeat("s", 40)
	for n := range names {
		for i, body := range []string{
			``, `null`, `{}`, `[]`, `{"ClientId":"web"}`, `{"AccessToken":"a.b.c","Session":null}`,
			`{"UserPoolId":"us-east-1_Local0001","ClientId":"web","Username":"anaya"}`,
			`{"ClientId":"web","AuthFlow":"USER_PASSWORD_AUTH","AuthParameters":{"USERNAME":"anaya","PASSWORD":"Passw0rd!"}}`,
			`{"ClientId":"web","AuthFlow":"USER_SRP_AUTH","AuthParameters":{"USERNAME":"anaya","SRP_A":"ff"}}`,
			`{"ClientId":"web","AuthFlow":"USER_AUTH","AuthParameters":{"USERNAME":"\u0000"}}`,
			`{"ClientId":"web","ChallengeName":"PASSWORD_VERIFIER","Session":"` + session + `","ChallengeResponses":{"USERNAME":"anaya",` +
				`"TIMESTAMP":"Sun Mar 1 12:00:00 UTC 2026","PASSWORD_CLAIM_SECRET_BLOCK":"AAAA","PASSWORD_CLAIM_SIGNATURE":"AAAA"}}`,
			`{"ClientId":"web","ChallengeName":"SOFTWARE_TOKEN_MFA","Session":"` + session + `","ChallengeResponses":{"USERNAME":"anaya","SOFTWARE_TOKEN_MFA_CODE":"123456"}}`,
			`{"Session":"` + session + `","UserCode":"123456"}`, `{"ClientId":"web","Token":"x","RefreshToken":"x"}`,
		} {
			// A seventh of them: each worker runs all seeds before anything new.
			if (n+i)%7 == 0 {
				f.Add(n, body)
			}
		}
	}
	f.Fuzz(func(t *testing.T, n int, body string) {
		if n < 0 {
			n = -(n + 1)
		}
		action := names[n%len(names)]
		r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body))
		r.Header.Set("Content-Type", contentType)
		r.Header.Set("X-Amz-Target", targetPrefix+action)
		rec := httptest.NewRecorder()
		w.ServeHTTP(rec, r)
		if rec.Code >= 500 || rec.Body.Len() > 64<<10 || !json.Valid(rec.Body.Bytes()) {
			t.Errorf("%s answered %d, %d bytes: %.200s", action, rec.Code, rec.Body.Len(), rec.Body)
		}
	})
}

// FuzzMembers puts any JSON into any member of any action's request.
func FuzzMembers(f *testing.F) {
	type place struct {
		world   *world
		action  string
		request func(value string) string
	}
	var places []place
	for _, action := range slices.Sorted(maps.Keys(goodCalls)) {
		if action == "CreateUserPool" {
			continue // each makes keys
		}
		w := newWorld(f)
		w.addRecords()
		request := goodCalls[action](w)
		for n := range variants(request, "0") {
			places = append(places, place{w, action, func(value string) string { return body(variants(request, value)[n]) }})
		}
	}
	for n := 0; n < len(places); n += 7 {
		f.Add(n, badValues()[n%len(badValues())])
	}
	f.Fuzz(func(t *testing.T, n int, value string) {
		p := places[int(uint(n)%uint(len(places)))]
		p.world.t = t
		p.world.wellAnswered(p.action, p.request(value))
	})
}
