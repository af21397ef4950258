package api

import (
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/poolguard/poolguard/userpool/internal/directory"
	"github.com/poolguard/poolguard/userpool/internal/store"
)

// refusal is a request and the exception that it must get.
type refusal struct {
	name    string
	action  string
	in      fields
	want    string // exception
	message string
}

func (w *world) refuses(t *testing.T, all []refusal) {
	t.Helper()
	for _, r := range all {
		t.Run(r.name, func(t *testing.T) {
			_, err := w.try(r.action, r.in)
			want := &Error{r.want, r.message}
			if err == nil || err.Error() != want.Error() {
				t.Errorf("%v\nwant %v", err, want)
			}
		})
	}
}

// at follows a path of names and numbers into an answer.
func at(t *testing.T, in any, path ...any) any {
	t.Helper()
	for _, step := range path {
		switch step := step.(type) {
		case string:
			object, ok := in.(fields)
			if !ok {
				t.Fatalf("%v has no %q", in, step)
			}
			in = object[step]
		case int:
			list, ok := in.([]any)
			if !ok || step >= len(list) {
				t.Fatalf("%v has no [%d]", in, step)
			}
			in = list[step]
		}
	}
	return in
}

func wantAt(t *testing.T, in, want any, path ...any) {
	t.Helper()
	if got := at(t, in, path...); !reflect.DeepEqual(got, want) {
		t.Errorf("%v is %v, want %v", path, got, want)
	}
}

// TestVerificationMessages: each text has two names.
func TestVerificationMessages(t *testing.T) {
	w := newWorld(t)
	for name, given := range map[string]fields{
		"of the template": {"VerificationMessageTemplate": fields{"EmailMessage": "Code {####}", "EmailSubject": "Code", "SmsMessage": "{####}"}},
		"older":           {"EmailVerificationMessage": "Code {####}", "EmailVerificationSubject": "Code", "SmsVerificationMessage": "{####}"},
	} {
		made := w.call("CreateUserPool", with(given, "PoolName", "p"))
		described := w.call("DescribeUserPool", fields{"UserPoolId": at(t, made, "UserPool", "Id")})
		for _, answer := range []any{made, described} {
			pool := at(t, answer, "UserPool")
			wantAt(t, pool, "Code {####}", "EmailVerificationMessage")
			wantAt(t, pool, "Code", "EmailVerificationSubject")
			wantAt(t, pool, "{####}", "SmsVerificationMessage")
			template := at(t, pool, "VerificationMessageTemplate").(fields)
			delete(template, "DefaultEmailOption")
			if want := (fields{"EmailMessage": "Code {####}", "EmailSubject": "Code", "SmsMessage": "{####}"}); !reflect.DeepEqual(template, want) {
				t.Errorf("%s: template %v", name, template)
			}
		}
	}
}

func TestPoolStory(t *testing.T) {
	w := newWorld(t)
	made := w.call("CreateUserPool", fields{
		"PoolName": "My pool", "UsernameAttributes": []string{"email"}, "AutoVerifiedAttributes": []string{"email"},
		"Policies":     fields{"PasswordPolicy": fields{"MinimumLength": 10, "RequireNumbers": true}},
		"Schema":       []any{fields{"Name": "tier", "AttributeDataType": "String", "Mutable": false}, fields{"Name": "email", "Required": true}},
		"LambdaConfig": fields{"PreSignUp": "arn:aws:lambda:us-east-1:123456789012:function:f"}, "DeletionProtection": "ACTIVE",
		"UserPoolTags": fields{"team": "shop"}, "AdminCreateUserConfig": fields{"AllowAdminCreateUserOnly": true},
		"EmailConfiguration": fields{"EmailSendingAccount": "COGNITO_DEFAULT"},
	})
	id, _ := at(t, made, "UserPool", "Id").(string)
	if !regexp.MustCompile(`^us-east-1_[A-Za-z0-9]{9}$`).MatchString(id) {
		t.Errorf("ID %q", id)
	}
	if log := w.log.String(); strings.Count(log, `level=WARN msg="settings taken, not acted upon"`) != 1 ||
		!strings.Contains(log, "settings=[LambdaConfig]") {
		t.Errorf("log %s", log)
	}
	got := w.call("DescribeUserPool", fields{"UserPoolId": id})
	wantAt(t, got, 0.0, "UserPool", "EstimatedNumberOfUsers")
	if !reflect.DeepEqual(got, made) {
		t.Errorf("described %v\nmade      %v", got, made)
	}
	pool := got["UserPool"]
	wantAt(t, pool, "arn:aws:cognito-idp:us-east-1:000000000000:userpool/"+id, "Arn")
	wantAt(t, pool, 1.7723664e+09, "CreationDate")
	wantAt(t, pool, fields{"MinimumLength": 10.0, "RequireNumbers": true, "RequireUppercase": false, "RequireLowercase": false, "RequireSymbols": false, "TemporaryPasswordValidityDays": 7.0}, "Policies", "PasswordPolicy")
	wantAt(t, pool, "OFF", "MfaConfiguration")
	wantAt(t, pool, "ACTIVE", "DeletionProtection")
	wantAt(t, pool, fields{"team": "shop"}, "UserPoolTags")
	schema := at(t, pool, "SchemaAttributes").([]any)
	wantAt(t, schema, "custom:tier", len(schema)-1, "Name")
	wantAt(t, schema, false, len(schema)-1, "Mutable")
	email := slices.IndexFunc(schema, func(a any) bool { return at(t, a, "Name") == "email" })
	wantAt(t, schema, true, email, "Required")

	w.refuses(t, []refusal{{
		"protected", "DeleteUserPool", fields{"UserPoolId": id}, "InvalidParameterException",
		"The user pool cannot be deleted because deletion protection is activated. Deletion protection must be inactivated first.",
	}})
	w.advance(time.Minute)
	w.call("UpdateUserPool", fields{"UserPoolId": id, "PoolName": "Renamed"})
	pool = w.call("DescribeUserPool", fields{"UserPoolId": id})["UserPool"]
	wantAt(t, pool, "Renamed", "Name")
	wantAt(t, pool, 8.0, "Policies", "PasswordPolicy", "MinimumLength")
	wantAt(t, pool, "INACTIVE", "DeletionProtection")
	wantAt(t, pool, fields{}, "LambdaConfig")
	wantAt(t, pool, nil, "AutoVerifiedAttributes")
	wantAt(t, pool, false, "AdminCreateUserConfig", "AllowAdminCreateUserOnly")
	wantAt(t, pool, []any{"email"}, "UsernameAttributes")
	wantAt(t, pool, 1.7723664e+09, "CreationDate")
	wantAt(t, pool, 1.77236646e+09, "LastModifiedDate")
	wantAt(t, pool, "custom:tier", "SchemaAttributes", len(schema)-1, "Name")

	w.call("DeleteUserPool", fields{"UserPoolId": id})
	for _, action := range []string{"DescribeUserPool", "UpdateUserPool", "DeleteUserPool", "GetUserPoolMfaConfig", "ListUserPoolClients", "ListGroups"} {
		w.refuses(t, []refusal{{action, action, fields{"UserPoolId": id}, "ResourceNotFoundException", "User pool " + id + " does not exist."}})
	}
}

// A pool that the API made signs tokens at once, and not any more once deleted.
func TestPoolKeys(t *testing.T) {
	w := newWorld(t)
	id := at(t, w.call("CreateUserPool", fields{"PoolName": "p"}), "UserPool", "Id").(string)
	if _, err := w.issuer.KeySet(bg, id); err != nil {
		t.Fatal(err)
	}
	w.call("DeleteUserPool", fields{"UserPoolId": id})
	err := w.store.View(bg, func(tx store.Tx) error {
		_, err := directory.GetKeys(tx, id)
		return err
	})
	if err == nil {
		t.Error("the keys are still there")
	}
}

func TestPoolRefusals(t *testing.T) {
	w := newWorld(t)
	const invalid, one = "InvalidParameterException", "1 validation error detected: "
	w.refuses(t, []refusal{
		{"no name", "CreateUserPool", fields{}, invalid, one + "Value null at 'poolName' failed to satisfy constraint: Member must not be null"},
		{"name", "CreateUserPool", fields{"PoolName": "a/b"}, invalid,
			one + `Value 'a/b' at 'poolName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\w\s+=,.@-]+`},
		{"two faults", "CreateUserPool", fields{"PoolName": strings.Repeat("a", 129), "MfaConfiguration": "on"}, invalid,
			"2 validation errors detected: Value '" + strings.Repeat("a", 129) + "' at 'poolName' failed to satisfy constraint: Member must have length less than or equal to 128; " +
				"Value 'on' at 'mfaConfiguration' failed to satisfy constraint: Member must satisfy enum value set: [OFF, ON, OPTIONAL]"},
		{"alias attribute", "CreateUserPool", fields{"PoolName": "p", "AliasAttributes": []string{"name"}}, invalid,
			one + "Value '[name]' at 'aliasAttributes' failed to satisfy constraint: Member must satisfy constraint: [Member must satisfy enum value set: [phone_number, email, preferred_username]]"},
		{"both", "CreateUserPool", fields{"PoolName": "p", "AliasAttributes": []string{"email"}, "UsernameAttributes": []string{"email"}}, invalid,
			"Only one of the aliasAttributes or usernameAttributes can be set in a user pool."},
		{"short passwords", "CreateUserPool", fields{"PoolName": "p", "Policies": fields{"PasswordPolicy": fields{"MinimumLength": 5}}}, invalid,
			one + "Value '5' at 'policies.passwordPolicy.minimumLength' failed to satisfy constraint: Member must have value greater than or equal to 6"},
		{"MFA without a factor", "CreateUserPool", fields{"PoolName": "p", "MfaConfiguration": "ON"}, invalid,
			"SMS configuration and Auto verification for phone_number are required when MFA is required/optional"},
		{"days twice", "CreateUserPool", fields{"PoolName": "p", "Policies": fields{"PasswordPolicy": fields{"TemporaryPasswordValidityDays": 5}}, "AdminCreateUserConfig": fields{"UnusedAccountValidityDays": 5}}, invalid,
			"Please use TemporaryPasswordValidityDays in PasswordPolicy instead of UnusedAccountValidityDays"},
		{"required custom attribute", "CreateUserPool", fields{"PoolName": "p", "Schema": []any{fields{"Name": "a", "AttributeDataType": "String", "Required": true}}}, invalid,
			"Required custom attributes are not supported currently."},
		{"no type", "CreateUserPool", fields{"PoolName": "p", "Schema": []any{fields{"Name": "a"}}}, invalid,
			"Invalid AttributeDataType input, consider using the provided AttributeDataType enum."},
		{"type of a standard attribute", "CreateUserPool", fields{"PoolName": "p", "Schema": []any{fields{"Name": "email", "AttributeDataType": "Number"}}}, invalid,
			"You can not change AttributeDataType or set developerOnlyAttribute for standard schema attribute email"},
		{"limits", "CreateUserPool", fields{"PoolName": "p", "Schema": []any{fields{"Name": "a", "AttributeDataType": "String", "StringAttributeConstraints": fields{"MinLength": "5", "MaxLength": "4"}}}}, invalid,
			"user.custom:a: Max length cannot be less than min length."},
		{"long string", "CreateUserPool", fields{"PoolName": "p", "Schema": []any{fields{"Name": "a", "AttributeDataType": "String", "StringAttributeConstraints": fields{"MaxLength": "2049"}}}}, invalid,
			"user.custom:a: String attributes cannot have a length of more than 2048"},
		{"long string at least", "CreateUserPool", fields{"PoolName": "p", "Schema": []any{fields{"Name": "name", "StringAttributeConstraints": fields{"MinLength": "2049"}}}}, invalid,
			"user.name: String attributes cannot have a length of more than 2048"},
		{"attribute twice", "CreateUserPool", fields{"PoolName": "p", "Schema": []any{fields{"Name": "a", "AttributeDataType": "String"}, fields{"Name": "a", "AttributeDataType": "String"}}}, invalid,
			"Duplicate custom attribute names custom:a are not allowed in a user pool schema."},
		{"JSON", "CreateUserPool", fields{"PoolName": 5}, "SerializationException", "PoolName cannot be a JSON number"},
		{"tags", "CreateUserPool", fields{"PoolName": "p", "UserPoolTags": []int{1}}, "SerializationException", "UserPoolTags cannot be a JSON array"},
		{"no ID", "DescribeUserPool", fields{}, invalid, one + "Value null at 'userPoolId' failed to satisfy constraint: Member must not be null"},
		{"ID", "DescribeUserPool", fields{"UserPoolId": "x"}, invalid,
			one + `Value 'x' at 'userPoolId' failed to satisfy constraint: Member must satisfy regular expression pattern: [\w-]+_[0-9a-zA-Z]+`},
		{"no MaxResults", "ListUserPools", fields{}, invalid, one + "Value null at 'maxResults' failed to satisfy constraint: Member must not be null"},
		{"MaxResults", "ListUserPools", fields{"MaxResults": 61}, invalid,
			one + "Value '61' at 'maxResults' failed to satisfy constraint: Member must have value less than or equal to 60"},
		{"token", "ListUserPools", fields{"MaxResults": 1, "NextToken": "*"}, invalid, "Invalid pagination token."},
	})
}

func TestListUserPools(t *testing.T) {
	w := newWorld(t)
	want := []string{testPoolID}
	for i := range 6 {
		want = append(want, at(t, w.call("CreateUserPool", fields{"PoolName": fmt.Sprint("p", i)}), "UserPool", "Id").(string))
	}
	slices.Sort(want)
	var got []string
	in := fields{"MaxResults": 3}
	for pages := 1; ; pages++ {
		out := w.call("ListUserPools", in)
		for _, p := range out["UserPools"].([]any) {
			got = append(got, at(t, p, "Id").(string))
			wantAt(t, p, fields{}, "LambdaConfig")
		}
		if out["NextToken"] == nil {
			if pages != 3 {
				t.Errorf("%d pages", pages)
			}
			break
		}
		in["NextToken"] = out["NextToken"]
	}
	if !slices.Equal(got, want) {
		t.Errorf("listed %v, want %v", got, want)
	}
	// As many as asked for, and no more to come.
	if out := w.call("ListUserPools", fields{"MaxResults": 7}); out["NextToken"] != nil {
		t.Errorf("%v", out)
	}
}

// Members that are null are members left out, and those that nobody knows are ignored.
func TestPoolMembers(t *testing.T) {
	w := newWorld(t)
	id := at(t, w.call("CreateUserPool", fields{"PoolName": "p", "LambdaConfig": nil, "NewFeature": fields{"Mode": "ON"}}), "UserPool", "Id")
	pool := w.call("DescribeUserPool", fields{"UserPoolId": id})["UserPool"]
	wantAt(t, pool, fields{}, "LambdaConfig")
	wantAt(t, pool, nil, "NewFeature")
	if !strings.Contains(w.log.String(), "action=CreateUserPool members=[NewFeature]") {
		t.Errorf("log %s", w.log)
	}
}

func TestPoolsConcurrently(t *testing.T) {
	w := newWorld(t)
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			post := func(action string, in fields) fields {
				body, err := json.Marshal(in)
				if err != nil {
					t.Error(err)
				}
				var out fields
				if rec := w.post(action, string(body)); rec.Code != 200 || json.Unmarshal(rec.Body.Bytes(), &out) != nil {
					t.Errorf("%s: %d %s", action, rec.Code, rec.Body)
				}
				return out
			}
			name := fmt.Sprint("client-", i)
			client := post("CreateUserPoolClient", fields{"UserPoolId": testPoolID, "ClientName": name})
			id := at(t, client, "UserPoolClient", "ClientId")
			post("AddCustomAttributes", fields{"UserPoolId": testPoolID, "CustomAttributes": []any{fields{"Name": fmt.Sprint("a", i), "AttributeDataType": "String"}}})
			post("ListUserPoolClients", fields{"UserPoolId": testPoolID})
			post("UpdateUserPoolClient", fields{"UserPoolId": testPoolID, "ClientId": id})
			post("DescribeUserPool", fields{"UserPoolId": testPoolID})
		})
	}
	group.Wait()
	schema := at(t, w.call("DescribeUserPool", fields{"UserPoolId": testPoolID}), "UserPool", "SchemaAttributes").([]any)
	clients := at(t, w.call("ListUserPoolClients", fields{"UserPoolId": testPoolID}), "UserPoolClients").([]any)
	if len(schema) != 20+8 || len(clients) != 2+8 {
		t.Errorf("%d attributes, %d clients", len(schema), len(clients))
	}
}
