package api

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
)

// send posts a body with headers beside or instead of the usual ones.
func (w *world) send(action, body string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body))
	r.Header.Set("Content-Type", contentType)
	r.Header.Set("X-Amz-Target", targetPrefix+action)
	for pair := range slices.Chunk(headers, 2) {
		r.Header.Set(pair[0], pair[1])
	}
	rec := httptest.NewRecorder()
	w.ServeHTTP(rec, r)
	return rec
}

// TestOrigins: what asks for AWS credentials is not for pages of other origins; what
// is meant for browsers is for all.
func TestOrigins(t *testing.T) {
	w := newWorld(t)
	w.addRecords()
	for action, act := range w.actions {
		for origin, own := range map[string]bool{
			"": true, "http://pool.test": true, "https://pool.test": false, "http://pool.test:81": false, "http://evil.example": false,
			"http://pool.test.evil.example": false, "null": false,
		} {
			headers := []string{"Origin", origin}
			if origin == "" {
				headers = nil
			}
			rec := w.send(action, "{}", headers...)
			kept := strings.Contains(rec.Body.String(), "MissingAuthenticationTokenException")
			if kept != (act.iam && !own) {
				t.Errorf("%s from %q: %d %s", action, origin, rec.Code, rec.Body)
			}
			if got := rec.Header().Get("Access-Control-Allow-Origin"); got != "*" {
				t.Errorf("%s: Access-Control-Allow-Origin %q", action, got)
			}
		}
	}
	if !w.actions["AdminGetUser"].iam || w.actions["GetUser"].iam || w.actions["SignUp"].iam || !w.actions["ListUsers"].iam {
		t.Error("which actions ask for credentials")
	}
	// Refused before anything is done.
	w.send("AdminDeleteUser", `{"UserPoolId":"`+testPoolID+`","Username":"anaya"}`, "Origin", "http://evil.example")
	w.adminUser("anaya")
}

func TestPreflight(t *testing.T) {
	w := newWorld(t)
	r := httptest.NewRequest(http.MethodOptions, "/", nil)
	r.Header.Set("Origin", "http://shop.example")
	rec := httptest.NewRecorder()
	w.HandlePreflight(rec, r)
	h := rec.Header()
	if rec.Code != http.StatusNoContent || h.Get("Access-Control-Allow-Origin") != "*" || !strings.Contains(h.Get("Access-Control-Allow-Methods"), "POST") {
		t.Errorf("%d %v", rec.Code, h)
	}
	for _, name := range []string{"Content-Type", "X-Amz-Target", "X-Amz-User-Agent", "Authorization", "Cache-Control"} {
		if !strings.Contains(h.Get("Access-Control-Allow-Headers"), name) {
			t.Errorf("%s is not allowed", name)
		}
	}
}

func TestAnswerHeaders(t *testing.T) {
	w := newWorld(t)
	for _, rec := range []*httptest.ResponseRecorder{w.send("ListUserPools", `{"MaxResults":1}`), w.send("ListUserPools", `{}`)} {
		h := rec.Header()
		exposed := h.Get("Access-Control-Expose-Headers")
		if h.Get("Content-Type") != contentType || len(h.Get("x-amzn-RequestId")) != 36 || h.Get("Cache-Control") != "no-store" ||
			!strings.Contains(exposed, "x-amzn-RequestId") || !strings.Contains(exposed, "x-amzn-ErrorType") {
			t.Errorf("%d %v", rec.Code, h)
		}
	}
}

func TestBadRequests(t *testing.T) {
	w := newWorld(t)
	plain := `{"ClientId":"web","AuthFlow":"USER_PASSWORD_AUTH","AuthParameters":{"USERNAME":"anaya","PASSWORD":"x"}}`
	for name, c := range map[string]struct {
		body    string
		headers []string
		want    string
	}{
		"text/plain":      {plain, []string{"Content-Type", "text/plain"}, "UnknownOperationException"},
		"a form":          {plain, []string{"Content-Type", "application/x-www-form-urlencoded"}, "UnknownOperationException"},
		"JSON":            {plain, []string{"Content-Type", "application/json"}, "UnknownOperationException"},
		"no type":         {plain, []string{"Content-Type", ""}, "UnknownOperationException"},
		"charset":         {plain, []string{"Content-Type", contentType + "; charset=utf-8"}, "NotAuthorizedException"},
		"other service":   {plain, []string{"X-Amz-Target", "AWSOtherService.InitiateAuth"}, "UnknownOperationException"},
		"no action":       {plain, []string{"X-Amz-Target", targetPrefix}, "UnknownOperationException"},
		"too large":       {`{"a":"` + strings.Repeat("a", maxBodyBytes) + `"}`, nil, "RequestEntityTooLargeException"},
		"large enough":    {`{"a":"` + strings.Repeat("a", maxBodyBytes-8) + `"}`, nil, "InvalidParameterException"},
		"empty":           {"", nil, "SerializationException"},
		"cut":             {plain[:40], nil, "SerializationException"},
		"list":            {"[]", nil, "SerializationException"},
		"wrong type":      {`{"ClientId":1}`, nil, "SerializationException"},
		"nested":          {`{"a":` + strings.Repeat("[", maxNesting) + strings.Repeat("]", maxNesting) + "}", nil, "SerializationException"},
		"nested enough":   {`{"a":` + strings.Repeat("[", maxNesting-1) + strings.Repeat("]", maxNesting-1) + "}", nil, "InvalidParameterException"},
		"braces in words": {`{"ClientId":"` + strings.Repeat(`[{\"`, 100) + `"}`, nil, "InvalidParameterException"},
	} {
		t.Run(name, func(t *testing.T) {
			rec := w.send("InitiateAuth", c.body, c.headers...)
			if rec.Code != http.StatusBadRequest || rec.Header().Get("x-amzn-ErrorType") != c.want+":" || !strings.Contains(rec.Body.String(), `"`+c.want+`"`) {
				t.Errorf("%d %v %s", rec.Code, rec.Header(), rec.Body)
			}
		})
	}
}

// TestFaultsAreBounded: an absurd request gets a short answer, with no secret in it
// or in the log.
func TestFaultsAreBounded(t *testing.T) {
	w := newWorld(t)
	list := make([]fields, 100)
	for i := range list {
		list[i] = fields{"Name": "", "Value": "s3cret-value"}
	}
	rec := w.post("SignUp", body(fields{
		"ClientId": strings.Repeat("é", 1000), "Username": "s3cret name", "Password": "s3cret password", "UserAttributes": list,
	}))
	text, header := rec.Body.String(), rec.Header().Get("x-amzn-ErrorMessage")
	if !strings.Contains(text, "10 validation errors detected: Value '"+strings.Repeat("é", 256)+"…' at 'clientId'") || len(text) > 8<<10 {
		t.Errorf("%d bytes: %.400s", len(text), text)
	}
	if len(header) != 1024 || !strings.HasPrefix(header, "10 validation errors detected: Value '????") {
		t.Errorf("header %q", header)
	}
	if strings.Contains(text+w.log.String(), "s3cret") {
		t.Error("a secret is shown")
	}
}
