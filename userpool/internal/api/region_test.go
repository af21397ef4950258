package api

import (
	"cmp"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestRegionOfTheSignature: a program that is configured for a Region gets pools there, and
// sees those alone.
func TestRegionOfTheSignature(t *testing.T) {
	w := newWorld(t)
	const rest = ", SignedHeaders=host;x-amz-date, Signature=00"
	scope := func(region string) string {
		return "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260301/" + region + "/cognito-idp/aws4_request" + rest
	}
	call := func(authorization, action, body string) fields {
		t.Helper()
		r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body))
		r.Header.Set("Content-Type", contentType)
		r.Header.Set("X-Amz-Target", targetPrefix+action)
		r.Header.Set("Authorization", authorization)
		rec := httptest.NewRecorder()
		w.ServeHTTP(rec, r)
		var out fields
		if err := json.Unmarshal(rec.Body.Bytes(), &out); err != nil || rec.Code != http.StatusOK {
			t.Fatalf("%s: %d %s", action, rec.Code, rec.Body)
		}
		return out
	}
	made := call(scope("eu-central-1"), "CreateUserPool", `{"PoolName": "p"}`)
	id, _ := at(t, made, "UserPool", "Id").(string)
	if !strings.HasPrefix(id, "eu-central-1_") {
		t.Errorf("ID %q", id)
	}
	wantAt(t, made, "arn:aws:cognito-idp:eu-central-1:000000000000:userpool/"+id, "UserPool", "Arn")
	for authorization, want := range map[string]string{
		scope("eu-central-1"): id,
		scope("us-east-1"):    testPoolID,
		scope("eu-west-1"):    "",
		"":                    id + " " + testPoolID,
	} {
		var ids []string
		for _, pool := range call(authorization, "ListUserPools", `{"MaxResults": 60}`)["UserPools"].([]any) {
			ids = append(ids, pool.(fields)["Id"].(string))
		}
		if got := strings.Join(ids, " "); got != want {
			t.Errorf("%q lists %q, want %q", authorization, got, want)
		}
	}
	// Signatures that name no Region: the configured one, then us-east-1.
	for _, authorization := range []string{
		"", "Bearer x", scope(""), scope("US-EAST-1"), scope("../x-1"), "AWS4-HMAC-SHA256", "AWS4-HMAC-SHA256 Credential=a/b/eu-west-1" + rest,
		"AWS4-ECDSA-P256-SHA256 Credential=AKIDEXAMPLE/20260301/cognito-idp/aws4_request" + rest,
	} {
		for _, configured := range []string{"", "ap-southeast-2"} {
			w.Region = configured
			id, _ := at(t, call(authorization, "CreateUserPool", `{"PoolName": "p"}`), "UserPool", "Id").(string)
			if want := cmp.Or(configured, DefaultRegion) + "_"; !strings.HasPrefix(id, want) {
				t.Errorf("%q, %q: ID %q", authorization, configured, id)
			}
		}
	}
}
