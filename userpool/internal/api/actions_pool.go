package api

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"time"

	"github.com/poolguard/poolguard/userpool/internal/describe"
	"github.com/poolguard/poolguard/userpool/internal/directory"
	"github.com/poolguard/poolguard/userpool/internal/store"
)

// poolActions are those about pools and what belongs to them but for users.
func (a *API) poolActions() map[string]action {
	all := map[string]action{
		"CreateUserPool":       iam(a.createUserPool),
		"DescribeUserPool":     iam(a.describeUserPool),
		"ListUserPools":        iam(a.listUserPools),
		"UpdateUserPool":       iam(a.updateUserPool),
		"DeleteUserPool":       iam(a.deleteUserPool),
		"SetUserPoolMfaConfig": iam(a.setUserPoolMfaConfig),
		"GetUserPoolMfaConfig": iam(a.getUserPoolMfaConfig),
		"AddCustomAttributes":  iam(a.addCustomAttributes),
		"ListTagsForResource":  iam(a.listTagsForResource),
		"TagResource":          iam(a.tagResource),
		"UntagResource":        iam(a.untagResource),

		"CreateUserPoolDomain":   iam(a.createUserPoolDomain),
		"DescribeUserPoolDomain": iam(a.describeUserPoolDomain),
		"UpdateUserPoolDomain":   iam(a.updateUserPoolDomain),
		"DeleteUserPoolDomain":   iam(a.deleteUserPoolDomain),
	}
	maps.Copy(all, a.poolMemberActions())
	return all
}

func (a *API) poolMemberActions() map[string]action {
	return map[string]action{
		"CreateUserPoolClient":   iam(a.createUserPoolClient),
		"DescribeUserPoolClient": iam(a.describeUserPoolClient),
		"ListUserPoolClients":    iam(a.listUserPoolClients),
		"UpdateUserPoolClient":   iam(a.updateUserPoolClient),
		"DeleteUserPoolClient":   iam(a.deleteUserPoolClient),

		"CreateResourceServer":   iam(a.createResourceServer),
		"DescribeResourceServer": iam(a.describeResourceServer),
		"ListResourceServers":    iam(a.listResourceServers),
		"UpdateResourceServer":   iam(a.updateResourceServer),
		"DeleteResourceServer":   iam(a.deleteResourceServer),

		"CreateGroup": iam(a.createGroup),
		"GetGroup":    iam(a.getGroup),
		"ListGroups":  iam(a.listGroups),
		"UpdateGroup": iam(a.updateGroup),
		"DeleteGroup": iam(a.deleteGroup),

		"CreateIdentityProvider":          iam(a.createIdentityProvider),
		"DescribeIdentityProvider":        iam(a.describeIdentityProvider),
		"ListIdentityProviders":           iam(a.listIdentityProviders),
		"UpdateIdentityProvider":          iam(a.updateIdentityProvider),
		"DeleteIdentityProvider":          iam(a.deleteIdentityProvider),
		"GetIdentityProviderByIdentifier": iam(a.getIdentityProviderByIdentifier),
	}
}

// poolOf returns the pool of that ID, or Cognito's exception.
func poolOf(tx store.Tx, id string) (directory.Pool, error) {
	p, err := directory.GetPool(tx, id)
	if errors.Is(err, store.ErrNotFound) {
		return p, notFound("User pool %s does not exist.", id)
	}
	return p, err
}

// inPool runs work on an existing pool in a transaction that may change it.
func (a *API) inPool(ctx context.Context, id string, work func(tx store.Tx, p directory.Pool) error) error {
	return a.Store.Update(ctx, func(tx store.Tx) error {
		p, err := poolOf(tx, id)
		if err != nil {
			return err
		}
		return work(tx, p)
	})
}

// lookIntoPool is inPool for work that changes nothing.
func (a *API) lookIntoPool(ctx context.Context, id string, work func(tx store.Tx, p directory.Pool) error) error {
	return a.Store.View(ctx, func(tx store.Tx) error {
		p, err := poolOf(tx, id)
		if err != nil {
			return err
		}
		return work(tx, p)
	})
}

// warnOfSettings logs the settings that were stored and have no effect here, and the settings
// that were ignored. Without it, an operator would wait for an effect.
func (a *API) warnOfSettings(ctx context.Context, action string, settings map[string]json.RawMessage, ignored ...string) {
	if names := describe.WithoutEffect(settings); len(names) > 0 {
		a.Logger.WarnContext(ctx, "settings taken, not acted upon", "action", action, "settings", names)
	}
	if len(ignored) > 0 {
		a.Logger.WarnContext(ctx, "unknown members ignored: mind the case of their names", "action", action,
			"members", ignored[:min(len(ignored), maxFaults)])
	}
}

// stamp is a time of a record for an answer; the zero time is none.
func stamp(t time.Time) *timestamp {
	if t.IsZero() {
		return nil
	}
	s := timestamp(t)
	return &s
}
