package api

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"unicode"
)

// edits are a request with one member after the other, on any level, replaced by
// what edit makes of it: name-value pairs, as JSON.
func edits(in any, edit func(name, value string) []string) map[string]string {
	all := map[string]string{}
	switch in := in.(type) {
	case fields:
		rest := func(but string) []string {
			var parts []string
			for name, value := range in {
				if name != but {
					parts = append(parts, fmt.Sprintf("%q:%s", name, body(value)))
				}
			}
			return parts
		}
		for name, value := range in {
			all[name] = "{" + strings.Join(append(rest(name), edit(name, body(value))...), ",") + "}"
			for path, v := range edits(value, edit) {
				all[name+"."+path] = "{" + strings.Join(append(rest(name), fmt.Sprintf("%q:%s", name, v)), ",") + "}"
			}
		}
	case []fields:
		for path, v := range edits(in[0], edit) {
			all["0."+path] = "[" + v + "]"
		}
	}
	return all
}

// otherCase writes a name with its first letter in the other case.
func otherCase(name string) string {
	if first := rune(name[0]); unicode.IsUpper(first) {
		return strings.ToLower(name[:1]) + name[1:]
	}
	return strings.ToUpper(name[:1]) + name[1:]
}

// outcome is what a furnished world says to the good call of an action with a
// member edited; its secrets differ from call to call.
func outcome(t *testing.T, action, path string, edit func(name, value string) []string) string {
	t.Helper()
	w := newWorld(t)
	w.addRecords()
	rec := w.post(action, edits(goodCalls[action](w), edit)[path])
	if rec.Code == 200 {
		return "200"
	}
	return rec.Body.String()
}

// TestNamesHaveTheirCase: a member of another case is one that is not there, as at
// AWS, where names are compared as they are.
func TestNamesHaveTheirCase(t *testing.T) {
	t.Parallel()
	for _, action := range slices.Sorted(maps.Keys(goodCalls)) {
		t.Run(action, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.addRecords()
			without := func(string, string) []string { return nil }
			renamed := func(name, value string) []string { return []string{fmt.Sprintf("%q:%s", otherCase(name), value)} }
			refused := 0
			for _, path := range slices.Sorted(maps.Keys(edits(goodCalls[action](w), without))) {
				want, got := outcome(t, action, path, without), outcome(t, action, path, renamed)
				if got != want {
					t.Errorf("%s in another case: %s\nleft out: %s", path, got, want)
				}
				if want != "200" {
					refused++
				}
			}
			if refused == 0 {
				t.Error("no member is required")
			}
		})
	}
}

// TestRepeatedMemberIsRejected: the client cannot know which of the two would count.
func TestRepeatedMemberIsRejected(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.addRecords()
	twice := func(name, value string) []string {
		part := fmt.Sprintf("%q:%s", name, value)
		return []string{part, part}
	}
	for _, action := range slices.Sorted(maps.Keys(goodCalls)) {
		w := newWorld(t)
		w.addRecords()
		for path, in := range edits(goodCalls[action](w), twice) {
			rec := w.post(action, in)
			var out struct {
				Type    string `json:"__type"`
				Message string `json:"message"`
			}
			if err := json.Unmarshal(rec.Body.Bytes(), &out); err != nil || rec.Code != 400 || out.Type != "SerializationException" ||
				!strings.HasSuffix(out.Message, " is there twice") && !strings.HasSuffix(out.Message, " has a member twice") {
				t.Errorf("%s %s: %d %s", action, path, rec.Code, rec.Body)
			}
		}
	}
	w.saysTo(t, "SignUp", `{"ClientId":"web","ClientId":"web"}`, "ClientId is there twice")
	w.saysTo(t, "SignUp", `{"s3cret":1,"s3cret":1}`, "the body has a member twice")
	w.saysTo(t, "InitiateAuth", `{"AuthParameters":{"s3cret":"a","s3cret":"b"}}`, "AuthParameters has a member twice")
	w.saysTo(t, "SignUp", `{"UserAttributes":[{"Name":"a"},{"Name":"a","Name":"b"}]}`, "UserAttributes[1].Name is there twice")
	w.saysTo(t, "UpdateUserPool", `{"LambdaConfig":{"PreSignUp":"a","PreSignUp":"a"}}`, "LambdaConfig.PreSignUp is there twice")
}

// saysTo wants a SerializationException.
func (w *world) saysTo(t *testing.T, action, in, message string) {
	t.Helper()
	rec := w.post(action, in)
	var out map[string]string
	if err := json.Unmarshal(rec.Body.Bytes(), &out); err != nil || out["__type"] != "SerializationException" || out["message"] != message {
		t.Errorf("%s %.200s: %d %.400s\nwant %s", action, in, rec.Code, rec.Body, message)
	}
}

func TestSerializationErrors(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	digits := strings.Repeat("9", 200_000)
	for _, tc := range []struct{ action, in, want string }{
		{"SignUp", "{\"ClientId\":\"\xff\"}", "The body is not a JSON object."},
		{"SignUp", `{"ClientId":"\ud800"}`, "The body is not a JSON object."},
		{"SignUp", `{} {}`, "The body is not a JSON object."},
		{"SignUp", `"s3cret"`, "The body is not a JSON object."},
		{"SignUp", `{"ClientId":` + digits + `}`, "ClientId cannot be a JSON number"},
		{"ListUserPools", `{"MaxResults":` + digits + `}`, "MaxResults cannot be a JSON number of this form"},
		{"ListUserPools", `{"MaxResults":1.5}`, "MaxResults cannot be a JSON number of this form"},
		{"ListUserPools", `{"MaxResults":"s3cret"}`, "MaxResults cannot be a JSON string"},
		{"SignUp", `{"UserAttributes":[{"Name":"a"},{"Name":true}]}`, "UserAttributes[1].Name cannot be a JSON bool"},
		{"ConfirmSignUp", `{"Username":[]}`, "Username cannot be a JSON array"},
		{"InitiateAuth", `{"AuthParameters":{"s3cret":{}}}`, "a value of AuthParameters cannot be a JSON object"},
		{"CreateUserPoolClient", `{"GenerateSecret":1}`, "GenerateSecret cannot be a JSON number"},
		{"CreateUserPoolClient", `{"TokenValidityUnits":{"AccessToken":5}}`, "TokenValidityUnits.AccessToken cannot be a JSON number"},
		{"CreateUserPool", `{"Schema":[{"Name":5}]}`, "Schema[0].Name cannot be a JSON number"},
		{"CreateUserPool", `{"Policies":{"PasswordPolicy":{"MinimumLength":"8"}}}`, "Policies.PasswordPolicy.MinimumLength cannot be a JSON string"},
	} {
		w.saysTo(t, tc.action, tc.in, tc.want)
	}
	if strings.Contains(w.log.String(), "s3cret") || w.log.Len() > 8<<10 {
		t.Errorf("log of %d bytes: %.2000s", w.log.Len(), w.log)
	}
}

// TestSettingsHaveTheirKinds: typed clients could not read back another.
func TestSettingsHaveTheirKinds(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	before := w.call("DescribeUserPool", inTestPool(fields{}))
	for _, tc := range []struct{ action, member, value, want string }{
		{"UpdateUserPool", "AccountRecoverySetting", `5`, "AccountRecoverySetting cannot be a JSON number"},
		{"UpdateUserPool", "AccountRecoverySetting", `{"RecoveryMechanisms":{}}`, "AccountRecoverySetting.RecoveryMechanisms cannot be a JSON object"},
		{"UpdateUserPool", "AccountRecoverySetting", `{"RecoveryMechanisms":[{"Name":"admin_only","Priority":"1"}]}`,
			"AccountRecoverySetting.RecoveryMechanisms[0].Priority cannot be a JSON string"},
		{"UpdateUserPool", "AccountRecoverySetting", `{"RecoveryMechanisms":[{"Priority":1.5}]}`,
			"AccountRecoverySetting.RecoveryMechanisms[0].Priority cannot be a JSON number of this form"},
		{"UpdateUserPool", "LambdaConfig", `[]`, "LambdaConfig cannot be a JSON array"},
		{"UpdateUserPool", "LambdaConfig", `{"PreTokenGenerationConfig":"v2"}`, "LambdaConfig.PreTokenGenerationConfig cannot be a JSON string"},
		{"UpdateUserPool", "UserPoolTags", `{"s3cret":1}`, "a value of UserPoolTags cannot be a JSON number"},
		{"UpdateUserPool", "UserPoolTier", `{}`, "UserPoolTier cannot be a JSON object"},
		{"UpdateUserPool", "DeviceConfiguration", `{"ChallengeRequiredOnNewDevice":"true"}`, "DeviceConfiguration.ChallengeRequiredOnNewDevice cannot be a JSON string"},
		{"UpdateUserPool", "Policies", `{"SignInPolicy":[]}`, "Policies.SignInPolicy cannot be a JSON array"},
		{"UpdateUserPool", "AdminCreateUserConfig", `{"InviteMessageTemplate":{"SMSMessage":1}}`, "AdminCreateUserConfig.InviteMessageTemplate.SMSMessage cannot be a JSON number"},
		{"SetUserPoolMfaConfig", "SmsMfaConfiguration", `{"SmsConfiguration":{"SnsCallerArn":1}}`, "SmsMfaConfiguration.SmsConfiguration.SnsCallerArn cannot be a JSON number"},
		{"SetUserPoolMfaConfig", "EmailMfaConfiguration", `true`, "EmailMfaConfiguration cannot be a JSON bool"},
		{"SetUserPoolMfaConfig", "WebAuthnConfiguration", `"x"`, "WebAuthnConfiguration cannot be a JSON string"},
		{"CreateUserPoolDomain", "ManagedLoginVersion", `"2"`, "ManagedLoginVersion cannot be a JSON string"},
		{"CreateUserPoolDomain", "CustomDomainConfig", `[]`, "CustomDomainConfig cannot be a JSON array"},
		{"CreateUserPoolDomain", "Routing", `{"Failover":[]}`, "Routing.Failover cannot be a JSON array"},
		{"CreateUserPoolClient", "AnalyticsConfiguration", `{"UserDataShared":"no"}`, "AnalyticsConfiguration.UserDataShared cannot be a JSON string"},
		{"CreateUserPoolClient", "EnablePropagateAdditionalUserContextData", `"no"`, "EnablePropagateAdditionalUserContextData cannot be a JSON string"},
	} {
		w.saysTo(t, tc.action, `{"UserPoolId":"`+testPoolID+`","`+tc.member+`":`+tc.value+`}`, tc.want)
	}
	if after := w.call("DescribeUserPool", inTestPool(fields{})); fmt.Sprint(after) != fmt.Sprint(before) {
		t.Errorf("%v\nwas %v", after, before)
	}
	// Nulls and members that the API does not have are left out, on any level; what
	// only SetUserPoolMfaConfig takes is such a member here.
	w.call("UpdateUserPool", inTestPool(fields{
		"AccountRecoverySetting": fields{"RecoveryMechanisms": []any{fields{"Name": "verified_email", "Priority": 1, "priority": "x"}, nil}, "recoveryMechanisms": 5},
		"accountRecoverySetting": 5, "EmailMfaConfiguration": 5, "LambdaConfig": fields{"PreSignUp": nil},
	}))
	pool := w.call("DescribeUserPool", inTestPool(fields{}))["UserPool"].(fields)
	wantAt(t, pool, fields{"RecoveryMechanisms": []any{fields{"Name": "verified_email", "Priority": 1.0}}}, "AccountRecoverySetting")
	wantAt(t, pool, fields{}, "LambdaConfig")
	wantAt(t, pool, nil, "accountRecoverySetting")
	wantAt(t, w.call("GetUserPoolMfaConfig", inTestPool(fields{})), nil, "EmailMfaConfiguration")
	if !strings.Contains(w.log.String(), `action=UpdateUserPool members="[EmailMfaConfiguration accountRecoverySetting]"`) {
		t.Errorf("log %s", w.log)
	}
}

// TestUnknownClientsAreShortInTheLog: such an ID may be a secret in the wrong place.
func TestUnknownClientsAreShortInTheLog(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const id = "1h57kf5cpq17m0eml12EXAMPLEs3cret"
	message := "User pool client " + id + " does not exist."
	w.refused("SignUp", with(signUpOf("ci"), "ClientId", id), "ResourceNotFoundException", message)
	w.refused("DescribeUserPoolClient", inTestPool(fields{"ClientId": id}), "ResourceNotFoundException", message)
	w.refused("SignUp", with(signUpOf("ci"), "ClientId", "short"), "ResourceNotFoundException", "User pool client short does not exist.")
	log := w.log.String()
	if strings.Contains(log, id[:9]) || strings.Count(log, id[:8]+"…") != 2 || !strings.Contains(log, "client short does") {
		t.Errorf("log %s", log)
	}
}

func TestMessagesAreBounded(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]int{"short": 5, strings.Repeat("é", maxMessage): maxMessage + len("…"), "x" + strings.Repeat("é", maxMessage): maxMessage - 1 + len("…")} {
		if got := bounded(in); len(got) != want {
			t.Errorf("%d bytes of %d", len(got), len(in))
		}
	}
}
