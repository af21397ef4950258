package userpool_test

import (
	"crypto/rand"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/poolguard/poolguard/userpool"
)

// restarts runs steps one after the other, each on a server of its own with the same
// directory.
type restarts struct {
	*testing.T
	dir string
}

func newRestarts(t *testing.T) restarts {
	t.Helper()
	t.Parallel()
	return restarts{t, t.TempDir()}
}

func (r restarts) step(edit func(*userpool.Config), do func(*fixture)) {
	r.Helper()
	f, stop := onDisk(r.T, r.dir, edit)
	defer stop()
	do(f)
}

func unchanged(*userpool.Config) {}

func called(t testing.TB, f *fixture, action string, in map[string]any) map[string]any {
	t.Helper()
	status, out := apiCall(t, f, action, in)
	if status != http.StatusOK {
		t.Fatalf("%s: %d %v", action, status, out)
	}
	return out
}

func in(members ...any) map[string]any {
	all := map[string]any{"UserPoolId": poolID}
	for pair := range slices.Chunk(members, 2) {
		all[pair[0].(string)] = pair[1]
	}
	return all
}

// is reads a member of what is below a name in an answer.
func is(t testing.TB, f *fixture, action string, in map[string]any, below, member string, want any) {
	t.Helper()
	found, _ := called(t, f, action, in)[below].(map[string]any)
	if found[member] != want {
		t.Errorf("%s: %s is %v, want %v", action, member, found[member], want)
	}
}

func gone(t testing.TB, f *fixture, action string, in map[string]any) {
	t.Helper()
	if status, out := apiCall(t, f, action, in); status == http.StatusOK {
		t.Errorf("%s: it is back: %v", action, out)
	}
}

// What the API changed is as it was left, whatever the pool came from.
func TestChangesSurvive(t *testing.T) {
	r := newRestarts(t)
	withGroup := func(cfg *userpool.Config) {
		cfg.Pools[0].Groups = []userpool.Group{{Name: "readers", Description: "configured"}}
		cfg.Pools[0].Domain = "local"
	}
	r.step(withGroup, func(f *fixture) {
		called(t, f, "UpdateUserPool", in("MfaConfiguration", "OFF", "PoolName", "renamed", "AutoVerifiedAttributes", []string{"email"}))
		called(t, f, "UpdateUserPoolClient", in("ClientId", "local-client", "ClientName", "renamed"))
		called(t, f, "UpdateGroup", in("GroupName", "readers", "Description", "changed"))
		called(t, f, "AdminUpdateUserAttributes", in("Username", "anaya", "UserAttributes", []any{map[string]string{"Name": "name", "Value": "Changed"}}))
		called(t, f, "AdminDeleteUser", in("Username", "admin"))
		called(t, f, "DeleteUserPoolClient", in("ClientId", "local-machine"))
		called(t, f, "DeleteGroup", in("GroupName", "staff"))
		called(t, f, "DeleteResourceServer", in("Identifier", "orders"))
		called(t, f, "DeleteUserPoolDomain", in("Domain", "local"))
	})
	for range 2 {
		r.step(withGroup, func(f *fixture) {
			is(t, f, "DescribeUserPool", in(), "UserPool", "Name", "renamed")
			is(t, f, "DescribeUserPool", in(), "UserPool", "Domain", nil)
			is(t, f, "DescribeUserPoolClient", in("ClientId", "local-client"), "UserPoolClient", "ClientName", "renamed")
			is(t, f, "GetGroup", in("GroupName", "readers"), "Group", "Description", "changed")
			if got := nameOf(t, f, "anaya"); got != "Changed" {
				t.Errorf("the user's name is %q", got)
			}
			gone(t, f, "AdminGetUser", in("Username", "admin"))
			gone(t, f, "DescribeUserPoolClient", in("ClientId", "local-machine"))
			gone(t, f, "GetGroup", in("GroupName", "staff"))
			gone(t, f, "DescribeResourceServer", in("Identifier", "orders"))
		})
	}
}

func nameOf(t testing.TB, f *fixture, username string) string {
	t.Helper()
	attributes, _ := called(t, f, "AdminGetUser", in("Username", username))["UserAttributes"].([]any)
	for _, a := range attributes {
		if a, ok := a.(map[string]any); ok && a["Name"] == "name" {
			return a["Value"].(string)
		}
	}
	return ""
}

// An edit takes effect, for what was edited and nothing else.
func TestEditsTakeEffect(t *testing.T) {
	r := newRestarts(t)
	r.step(unchanged, func(f *fixture) {
		called(t, f, "UpdateUserPool", in("PoolName", "renamed"))
		called(t, f, "UpdateUserPoolClient", in(
			"ClientId", "local-client", "ClientName", "renamed", "ExplicitAuthFlows", []string{"ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"}))
		called(t, f, "DeleteUserPoolClient", in("ClientId", "local-machine"))
		called(t, f, "AdminDeleteUser", in("Username", "admin"))
		called(t, f, "AdminSetUserPassword", in("Username", "anaya", "Password", "Their-0wn", "Permanent", true))
	})
	machine := func(cfg *userpool.Config) { cfg.Pools[0].Clients[1].Secret = "another" }
	r.step(machine, func(f *fixture) {
		is(t, f, "DescribeUserPoolClient", in("ClientId", "local-machine"), "UserPoolClient", "ClientSecret", "another")
		is(t, f, "DescribeUserPoolClient", in("ClientId", "local-client"), "UserPoolClient", "ClientName", "renamed")
		is(t, f, "DescribeUserPool", in(), "UserPool", "Name", "renamed")
		gone(t, f, "AdminGetUser", in("Username", "admin"))
	})
	users := func(cfg *userpool.Config) {
		machine(cfg)
		cfg.Pools[0].AliasAttributes = []string{"email"}
		cfg.Pools[0].Users[0].Attributes["name"] = "Edited"
		cfg.Pools[0].Users[1].Groups = append(cfg.Pools[0].Users[1].Groups, "more")
	}
	r.step(users, func(f *fixture) {
		is(t, f, "DescribeUserPool", in(), "UserPool", "Name", poolID)
		is(t, f, "GetGroup", in("GroupName", "more"), "Group", "GroupName", "more")
		if got := nameOf(t, f, "anaya@example.com"); got != "Edited" {
			t.Errorf("the user's name is %q", got)
		}
		if accessByPassword(t, f, "Their-0wn") == "" {
			t.Error("an edit of the name undid the user's own password")
		}
		called(t, f, "AdminGetUser", in("Username", "admin"))
		called(t, f, "AdminUpdateUserAttributes", in("Username", "anaya", "UserAttributes", []any{map[string]string{"Name": "name", "Value": "Changed"}}))
	})
	r.step(func(cfg *userpool.Config) {
		users(cfg)
		cfg.Pools[0].Users[0].Password = "Ed1ted-password"
		cfg.Pools[0].Clients = cfg.Pools[0].Clients[:1]
	}, func(f *fixture) {
		if accessByPassword(t, f, "Ed1ted-password") == "" || accessByPassword(t, f, "Their-0wn") != "" {
			t.Error("the edited password is not the user's")
		}
		if got := nameOf(t, f, "anaya"); got != "Changed" {
			t.Errorf("an edit of the password made the name %q", got)
		}
		// What left the configuration stays.
		is(t, f, "DescribeUserPoolClient", in("ClientId", "local-machine"), "UserPoolClient", "ClientSecret", "another")
	})
}

// Addresses that are swapped are nobody else's in between.
func TestEditsSwapAliases(t *testing.T) {
	r := newRestarts(t)
	alias := func(cfg *userpool.Config) { cfg.Pools[0].AliasAttributes = []string{"email"} }
	r.step(alias, func(*fixture) {})
	r.step(func(cfg *userpool.Config) {
		alias(cfg)
		users := cfg.Pools[0].Users
		users[0].Attributes["email"], users[1].Attributes["email"] = users[1].Attributes["email"], users[0].Attributes["email"]
	}, func(f *fixture) {
		if got := nameOf(t, f, "admin@example.com"); got != "Anaya Rao" {
			t.Errorf("the address is %q's", got)
		}
	})
}

// A deleted pool is gone until something of it is edited: then all of it is back.
func TestDeletedPool(t *testing.T) {
	r := newRestarts(t)
	r.step(unchanged, func(f *fixture) { called(t, f, "DeleteUserPool", in()) })
	r.step(unchanged, func(f *fixture) {
		gone(t, f, "DescribeUserPool", in())
		if pools, err := f.Pools(t.Context()); err != nil || len(pools) != 0 {
			t.Errorf("pools %v, %v", pools, err)
		}
	})
	r.step(func(cfg *userpool.Config) { cfg.Pools[0].Clients[0].Name = "edited" }, func(f *fixture) {
		called(t, f, "AdminGetUser", in("Username", "admin"))
		called(t, f, "DescribeUserPoolClient", in("ClientId", "local-machine"))
		verify(t, keySet(t, f.Server), accessByPassword(t, f, "Passw0rd!"))
	})
}

// A client that moves to another pool is that pool's alone.
func TestClientMoves(t *testing.T) {
	r := newRestarts(t)
	const other = "us-east-1_Local0002"
	r.step(func(cfg *userpool.Config) { cfg.Pools = append(cfg.Pools, userpool.Pool{ID: other}) }, func(*fixture) {})
	r.step(func(cfg *userpool.Config) {
		cfg.Pools = append(cfg.Pools, userpool.Pool{ID: other, Clients: cfg.Pools[0].Clients[:1], ResourceServers: cfg.Pools[0].ResourceServers})
		cfg.Pools[0].Clients = cfg.Pools[0].Clients[1:]
	}, func(f *fixture) {
		pools, err := f.Pools(t.Context())
		if err != nil || len(pools) != 2 || strings.Join(pools[0].ClientIDs, " ") != "local-machine" || strings.Join(pools[1].ClientIDs, " ") != "local-client" {
			t.Errorf("%+v, %v", pools, err)
		}
	})
}

// Descriptions are seeded as the configuration is.
func TestImportsSurvive(t *testing.T) {
	r := newRestarts(t)
	const imported = "eu-west-1_Shop00001"
	from := func(texts ...string) func(*userpool.Config) {
		return func(cfg *userpool.Config) { cfg.Pools, cfg.Descriptions = nil, describe(t, texts...) }
	}
	pool := map[string]any{"UserPoolId": imported}
	client := map[string]any{"UserPoolId": imported, "ClientId": "1example23456789"}
	r.step(from(describedPool, describedClient), func(f *fixture) {
		called(t, f, "UpdateUserPool", map[string]any{"UserPoolId": imported, "PoolName": "renamed"})
		called(t, f, "DeleteUserPoolClient", client)
	})
	r.step(from(describedPool, describedClient), func(f *fixture) {
		is(t, f, "DescribeUserPool", pool, "UserPool", "Name", "renamed")
		gone(t, f, "DescribeUserPoolClient", client)
	})
	r.step(from(describedPool, strings.Replace(describedClient, "s3cret", "s3cret2", 1)), func(f *fixture) {
		is(t, f, "DescribeUserPool", pool, "UserPool", "Name", "renamed")
		is(t, f, "DescribeUserPoolClient", client, "UserPoolClient", "ClientSecret", "s3cret2")
	})
}

// A start with nothing new derives no verifier, for which it would need a salt.
func TestUnchangedConfigurationWritesNothing(t *testing.T) {
	r := newRestarts(t)
	var reads []int
	for _, password := range []userpool.Secret{"Passw0rd!", "Passw0rd!", "Ed1ted-password"} {
		source := &countingReader{}
		r.step(func(cfg *userpool.Config) { cfg.Rand, cfg.Pools[0].Users[0].Password = source, password }, func(*fixture) {
			reads = append(reads, source.bytes)
		})
	}
	if reads[0] <= reads[2] || reads[2] <= reads[1] {
		t.Errorf("random bytes read at an empty directory, with nothing new, with a new password: %d", reads)
	}
}

type countingReader struct{ bytes int }

func (r *countingReader) Read(b []byte) (int, error) {
	r.bytes += len(b)
	return rand.Read(b)
}

// In memory every server begins anew, and the directory of another holds no password.
func TestSeedsKeepSecrets(t *testing.T) {
	r := newRestarts(t)
	r.step(func(cfg *userpool.Config) { cfg.Pools[0].Users[0].Password = "Recognizable-1" }, func(*fixture) {})
	content, err := os.ReadFile(filepath.Join(r.dir, "userpool.db"))
	if err != nil || strings.Contains(string(content), "Recognizable") {
		t.Errorf("the password is stored, or %v", err)
	}
	f := serve(t)
	called(t, f, "AdminDeleteUser", in("Username", "anaya"))
	called(t, serve(t), "AdminGetUser", in("Username", "anaya"))
}
