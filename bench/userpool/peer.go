package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// addPeer starts cognito-local, where it is installed, with a pool as ours.
func (s *stage) addPeer(ctx context.Context) error {
	node, missing := exec.LookPath("node")
	if missing != nil {
		s.leaveOut(cognitoLocal, "node is not installed")
		return nil //nolint:nilerr // it is said in the output
	}
	installed, err := filepath.Abs(filepath.Join(s.options.peer, "node_modules", "cognito-local"))
	if err != nil {
		return err
	}
	if _, missing := os.Stat(filepath.Join(installed, "package.json")); missing != nil {
		s.leaveOut(cognitoLocal, "not installed: npm ci --ignore-scripts in bench/testdata/cognito-local")
		return nil //nolint:nilerr // as above
	}
	var times starts
	for n := range s.options.starts {
		t, err := s.startPeer(ctx, node, filepath.Join(installed, "lib", "bin", "start.js"))
		if err != nil {
			return err
		}
		if err := t.timeStart(ctx, &times); err != nil {
			return err
		}
		if err := times.weigh(t); err != nil {
			return err
		}
		t.starts = times
		if n < s.options.starts-1 {
			s.drop(t)
		}
	}
	return s.targets[len(s.targets)-1].fill(ctx)
}

func (s *stage) startPeer(ctx context.Context, node, script string) (*target, error) {
	// It keeps its database in the folder that it runs in.
	folder, err := os.MkdirTemp(s.folder, "cognito-local-*")
	if err != nil {
		return nil, err
	}
	command := exec.CommandContext(ctx, node, script) //nolint:gosec // G204: what the caller's own user has installed
	command.Dir = folder
	command.Env = append(command.Environ(), "HOST=127.0.0.1", "PORT=0")
	t, err := s.newTarget(ctx, cognitoLocal, command)
	if err != nil {
		return nil, err
	}
	t.poolID = "local_none"                        // it has discovery for any
	t.username, t.password = ownEmail, ownPassword // it takes no other names, unless set up to
	t.flows = []flow{
		{flowPassword, 2, []step{{do: signInByPassword}}},
		{flowRefreshAPI, 2, []step{{do: refreshByInitiateAuth}}},
	}
	return t, nil
}

// fill makes a pool with a client, a group and a user, as the pool of Poolguard has.
func (t *target) fill(ctx context.Context) error {
	var pool struct {
		UserPool struct {
			ID string `json:"Id"`
		}
	}
	if err := t.call(ctx, "CreateUserPool", map[string]any{"PoolName": "bench"}, &pool); err != nil {
		return err
	}
	t.poolID = pool.UserPool.ID
	// It was told port 0, and says so in tokens.
	t.issuer = "http://127.0.0.1:0/" + t.poolID
	var client struct {
		UserPoolClient struct {
			ID string `json:"ClientId"`
		}
	}
	err := t.call(ctx, "CreateUserPoolClient", map[string]any{
		"UserPoolId": t.poolID, "ClientName": "bench",
		"ExplicitAuthFlows": []string{"ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"},
	}, &client)
	if err != nil {
		return err
	}
	t.clientID = client.UserPoolClient.ID
	attributes := []map[string]string{
		{"Name": "email", "Value": ownEmail}, {"Name": "email_verified", "Value": "true"}, {"Name": "name", "Value": "Anaya Rao"},
	}
	group := map[string]any{"UserPoolId": t.poolID, "GroupName": "staff"}
	member := map[string]any{"UserPoolId": t.poolID, "GroupName": "staff", "Username": t.username}
	for _, call := range []struct {
		action string
		input  map[string]any
	}{
		{"AdminCreateUser", map[string]any{
			"UserPoolId": t.poolID, "Username": t.username, "MessageAction": "SUPPRESS", "UserAttributes": attributes,
		}},
		{"AdminSetUserPassword", map[string]any{
			"UserPoolId": t.poolID, "Username": t.username, "Password": t.password, "Permanent": true,
		}},
		{"CreateGroup", group},
		{"AdminAddUserToGroup", member},
	} {
		var answer json.RawMessage
		if err := t.call(ctx, call.action, call.input, &answer); err != nil {
			return fmt.Errorf("cognito-local: %w", err)
		}
	}
	return nil
}
