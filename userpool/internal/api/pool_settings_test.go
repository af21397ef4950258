package api

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
)

func TestPoolMFA(t *testing.T) {
	w := newWorld(t)
	set := func(in fields) fields { in["UserPoolId"] = testPoolID; return in }
	wantAt(t, w.call("GetUserPoolMfaConfig", set(fields{})), "OFF", "MfaConfiguration")
	w.refuses(t, []refusal{
		{"no factor", "SetUserPoolMfaConfig", set(fields{"MfaConfiguration": "ON"}), "InvalidParameterException",
			"Invalid MFA Configuration given. SMS MFA, Email MFA, or Software Token MFA must be enabled."},
		{"off with a factor", "SetUserPoolMfaConfig", set(fields{"MfaConfiguration": "OFF", "SoftwareTokenMfaConfiguration": fields{"Enabled": true}}), "InvalidParameterException",
			"Invalid MFA configuration given, can't turn off MFA and configure an MFA together."},
	})
	want := fields{
		"MfaConfiguration": "OPTIONAL", "SoftwareTokenMfaConfiguration": fields{"Enabled": true},
		"EmailMfaConfiguration": fields{"Message": "Code {####}"},
	}
	if got := w.call("SetUserPoolMfaConfig", set(fields{
		"MfaConfiguration": "OPTIONAL", "SoftwareTokenMfaConfiguration": fields{"Enabled": true}, "EmailMfaConfiguration": fields{"Message": "Code {####}"},
	})); !reflect.DeepEqual(got, want) {
		t.Errorf("%v", got)
	}
	if !strings.Contains(w.log.String(), "action=SetUserPoolMfaConfig settings=[EmailMfaConfiguration]") {
		t.Errorf("log %s", w.log)
	}
	// An update of the pool leaves the factors alone.
	w.call("UpdateUserPool", set(fields{"MfaConfiguration": "ON"}))
	want["MfaConfiguration"] = "ON"
	if got := w.call("GetUserPoolMfaConfig", set(fields{})); !reflect.DeepEqual(got, want) {
		t.Errorf("%v", got)
	}
	pool := w.call("DescribeUserPool", set(fields{}))["UserPool"]
	wantAt(t, pool, "ON", "MfaConfiguration")
	wantAt(t, pool, nil, "SoftwareTokenMfaConfiguration")
	w.call("SetUserPoolMfaConfig", set(fields{"MfaConfiguration": "OFF"}))
	if got := w.call("GetUserPoolMfaConfig", set(fields{})); !reflect.DeepEqual(got, fields{"MfaConfiguration": "OFF"}) {
		t.Errorf("%v", got)
	}
}

func TestAddCustomAttributes(t *testing.T) {
	w := newWorld(t)
	add := func(attributes ...any) fields {
		return fields{"UserPoolId": testPoolID, "CustomAttributes": attributes}
	}
	w.call("AddCustomAttributes", add(fields{"Name": "tier", "AttributeDataType": "String"}, fields{"Name": "age", "AttributeDataType": "Number", "DeveloperOnlyAttribute": true}))
	schema := at(t, w.call("DescribeUserPool", fields{"UserPoolId": testPoolID}), "UserPool", "SchemaAttributes").([]any)
	wantAt(t, schema, "custom:tier", len(schema)-2, "Name")
	wantAt(t, schema, "dev:custom:age", len(schema)-1, "Name")
	many := make([]any, 26)
	for i := range many {
		many[i] = fields{"Name": fmt.Sprint("a", i), "AttributeDataType": "String"}
	}
	w.refuses(t, []refusal{
		{"again", "AddCustomAttributes", add(fields{"Name": "tier", "AttributeDataType": "String"}), "InvalidParameterException",
			"custom:tier: Existing attribute already has name custom:tier."},
		{"none", "AddCustomAttributes", add(), "InvalidParameterException",
			"1 validation error detected: Value null at 'customAttributes' failed to satisfy constraint: Member must not be null"},
		{"many", "AddCustomAttributes", add(many...), "InvalidParameterException",
			"1 validation error detected: Value '[26 members]' at 'customAttributes' failed to satisfy constraint: Member must have length less than or equal to 25"},
	})
	w.call("AddCustomAttributes", add(many[:25]...))
	if _, err := w.try("AddCustomAttributes", add(append([]any{fields{"Name": "b", "AttributeDataType": "String"}}, func() []any {
		more := slices.Clone(many[:24])
		for i := range more {
			more[i] = fields{"Name": fmt.Sprint("c", i), "AttributeDataType": "String"}
		}
		return more
	}()...)...)); err == nil || !strings.Contains(err.Error(), "got 52 attributes, want at most 50") {
		t.Errorf("%v", err)
	}
}

func TestTags(t *testing.T) {
	w := newWorld(t)
	arn := "arn:aws:cognito-idp:us-east-1:000000000000:userpool/" + testPoolID
	wantAt(t, w.call("ListTagsForResource", fields{"ResourceArn": arn}), fields{}, "Tags")
	w.call("TagResource", fields{"ResourceArn": arn, "Tags": fields{"a": "1", "b": "2"}})
	w.call("UntagResource", fields{"ResourceArn": arn, "TagKeys": []string{"a", "c"}})
	wantAt(t, w.call("ListTagsForResource", fields{"ResourceArn": arn}), fields{"b": "2"}, "Tags")
	wantAt(t, w.call("DescribeUserPool", fields{"UserPoolId": testPoolID}), fields{"b": "2"}, "UserPool", "UserPoolTags")
	w.refuses(t, []refusal{{"other", "TagResource", fields{"ResourceArn": arn + "2"}, "ResourceNotFoundException", "Resource " + arn + "2 does not exist."}})
}
