package lambdaauth_test

import (
	"strings"
	"testing"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/cognitotest"
	"github.com/poolguard/poolguard/cognito/lambdaauth"
)

func channelRules() []lambdaauth.ChannelRule {
	admins := []cognito.Requirement{cognito.RequireGroups("admins")}
	return []lambdaauth.ChannelRule{
		{Channels: []string{"/news/*"}, Operation: lambdaauth.Subscribe},
		{Channels: []string{"/news/*"}, Operation: lambdaauth.Publish, Require: []cognito.Requirement{cognito.RequireScopes("news/write")}},
		{Channels: []string{"/news/internal/*", "/inbox/*"}, Require: admins},
		{Channels: []string{"/inbox/{sub}", "/inbox/{sub}/*"}, Operation: lambdaauth.Subscribe},
		{Channels: []string{"/chat/closed"}, Allow: cognito.Denied},
		{Channels: []string{"/chat/*"}},
	}
}

func (w *world) channelEvent(t testing.TB, token, operation, channel string) lambdaauth.AppSyncEventsEvent {
	t.Helper()
	e := event[lambdaauth.AppSyncEventsEvent](t, "appsync-subscribe", token)
	e.RequestContext.Operation, e.RequestContext.Channel = operation, channel
	e.RequestContext.ChannelNamespaceName, _, _ = strings.Cut(strings.TrimPrefix(channel, "/"), "/")
	return e
}

func TestChannelRules(t *testing.T) {
	const subscribe, publish, me = "EVENT_SUBSCRIBE", "EVENT_PUBLISH", cognitotest.Subject
	w := newWorld(t, lambdaauth.Config{AppSync: lambdaauth.AppSync{Channels: channelRules()}})
	user, writer, admin := w.access(), w.access(cognitotest.Scopes("news/write")), w.access(cognitotest.Groups("admins"))
	for _, test := range []struct {
		operation, channel  string
		user, writer, admin bool
	}{
		{"EVENT_CONNECT", "", true, true, true},
		{subscribe, "/news/latest", true, true, true},
		{subscribe, "/news/a/b", true, true, true},
		{subscribe, "/news", false, false, false},
		{publish, "/news/latest", false, true, false},
		{subscribe, "/news/internal/x", false, false, true},
		{publish, "/news/internal/x", false, false, true},
		{subscribe, "/news/internal", true, true, true}, // not below it
		// A wildcard has the channels of all rules.
		{subscribe, "/news/*", false, false, true},
		{subscribe, "/news/a/*", true, true, true},
		{subscribe, "/news/internal/*", false, false, true},
		{publish, "/news/*", false, false, false},
		// The user's own channels.
		{subscribe, "/inbox/" + me, true, true, true},
		{subscribe, "/inbox/" + me + "/mail", true, true, true},
		{subscribe, "/inbox/" + me + "/*", true, true, true},
		{publish, "/inbox/" + me, false, false, true},
		{subscribe, "/inbox/somebody", false, false, true},
		{subscribe, "/inbox/*", false, false, true},
		{subscribe, "/inbox/{sub}", false, false, false},
		{subscribe, "/chat/closed", false, false, false},
		{subscribe, "/chat/open", true, true, true},
		{subscribe, "/chat/*", false, false, false},
		// No rule, or not a channel.
		{subscribe, "/other/x", false, false, false},
		{subscribe, "/*", false, false, false},
		{subscribe, "*", false, false, false},
		{subscribe, "", false, false, false},
		{subscribe, "/", false, false, false},
		{subscribe, "/news/", false, false, false},
		{subscribe, "/news//x", false, false, false},
		{subscribe, "//news/x", false, false, false},
		{subscribe, "/news/../inbox/x", false, false, false},
		{subscribe, "/news/%2e%2e/x", false, false, false},
		{subscribe, "/news/*/x", false, false, false},
		{subscribe, "/news/a/b/c/d/e", false, false, false},
		{subscribe, "/news/" + strings.Repeat("x", 51), false, false, false},
		{subscribe, "news/latest", true, true, true},
	} {
		for token, want := range map[string]bool{user: test.user, writer: test.writer, admin: test.admin} {
			answer, err := w.AppSyncEvents(t.Context(), w.channelEvent(t, token, test.operation, test.channel))
			if err != nil || answer.IsAuthorized != want {
				name := map[string]string{user: "user", writer: "writer", admin: "admin"}[token]
				t.Errorf("%s %s %q: got %v, %v, want %v", name, test.operation, test.channel, answer.IsAuthorized, err, want)
			}
			// AppSync may use a kept answer for another channel.
			if answer.TTLOverride != 0 {
				t.Errorf("%s %q: kept for %d seconds", test.operation, test.channel, answer.TTLOverride)
			}
		}
	}
	// The namespace that AppSync took the settings from must be the channel's.
	e := w.channelEvent(t, user, subscribe, "/news/latest")
	e.RequestContext.ChannelNamespaceName = "chat"
	if answer, err := w.AppSyncEvents(t.Context(), e); err != nil || answer.IsAuthorized {
		t.Errorf("another namespace: %+v, %v", answer, err)
	}
}

func TestEventsAnswers(t *testing.T) {
	w := newWorld(t, lambdaauth.Config{Claims: map[string]string{"level": "level", "beta": "beta"}})
	token := w.access(cognitotest.Groups("a, b", "c"), cognitotest.Claim("level", 3), cognitotest.Claim("beta", true))
	answer, err := w.AppSyncEvents(t.Context(), w.channelEvent(t, token, "EVENT_PUBLISH", "/news/latest"))
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "appsync-events", answer)
	denied, err := w.AppSyncEvents(t.Context(), w.channelEvent(t, "nonsense", "EVENT_PUBLISH", "/news/latest"))
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "appsync-events.denied", denied)
	w.issuer.Pool().FailKeySet(500)
	w.issuer.Pool().RotateKeys()
	w.issuer.Clock().Advance(48 * 3600e9)
	if answer, err := w.AppSyncEvents(t.Context(), w.channelEvent(t, w.access(), "EVENT_CONNECT", "")); cognito.CodeOf(err) != cognito.ErrKeysUnavailable || answer.IsAuthorized {
		t.Errorf("no keys: %+v, %v", answer, err)
	}
}

// An answer is kept only where it is right for all channels, or where AppSync keeps it by channel.
func TestEventsAnswersAreKeptWhereTheyAreRight(t *testing.T) {
	for _, test := range []struct {
		rules   []lambdaauth.ChannelRule
		caching lambdaauth.Caching
		want    int
	}{
		{nil, lambdaauth.CachedByToken, 300},
		{channelRules(), lambdaauth.CachedByToken, 0},
		{channelRules(), lambdaauth.NotCached, 0},
		{channelRules(), lambdaauth.CachedByRoute, 300},
	} {
		w := newWorld(t, lambdaauth.Config{Caching: test.caching, AppSync: lambdaauth.AppSync{Channels: test.rules}})
		answer, err := w.AppSyncEvents(t.Context(), w.channelEvent(t, w.access(), "EVENT_SUBSCRIBE", "/news/latest"))
		if err != nil || !answer.IsAuthorized || answer.TTLOverride != test.want {
			t.Errorf("%d rules, caching %d: %+v, %v, want %d seconds", len(test.rules), test.caching, answer, err, test.want)
		}
	}
}

// FuzzChannels: no channel name gives a user what only administrators have, or what no rule has.
func FuzzChannels(f *testing.F) {
	for _, seed := range []string{"/news/internal/x", "/inbox/*", "/chat/closed", "news/*", "/news/internal/*", "/a/b/c/d/e/f", "/", "", "/inbox/{sub}"} {
		f.Add(seed)
	}
	w := newWorld(f, lambdaauth.Config{AppSync: lambdaauth.AppSync{Channels: channelRules()}})
	token := w.access()
	f.Fuzz(func(t *testing.T, channel string) {
		answer, err := w.AppSyncEvents(t.Context(), w.channelEvent(t, token, "EVENT_SUBSCRIBE", channel))
		if err != nil {
			t.Fatal(err)
		}
		name := strings.TrimPrefix(channel, "/")
		ours := strings.HasPrefix(name, "news/") || strings.HasPrefix(name, "chat/") || strings.HasPrefix(name, "inbox/"+cognitotest.Subject)
		internal := strings.HasPrefix(name, "news/internal/") || name == "news/*" || name == "chat/closed" || name == "chat/*"
		if answer.IsAuthorized && (!ours || internal) {
			t.Errorf("%q is allowed", channel)
		}
	})
}
