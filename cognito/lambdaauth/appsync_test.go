package lambdaauth_test

import (
	"strings"
	"testing"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/lambdaauth"
)

// TestFieldThatCannotBeCheckedIsAnError: an answer that denies it would be kept.
func TestFieldThatCannotBeCheckedIsAnError(t *testing.T) {
	w := newWorld(t, lambdaauth.Config{AppSync: lambdaauth.AppSync{Fields: []lambdaauth.FieldRule{
		{Names: []string{"Query.secret"}, Require: admins()}, {Names: []string{"Query.orders"}, Require: down()},
	}}})
	answer, err := w.AppSync(t.Context(), graphQL(w.access()))
	checkRefusal(t, "a check that is down", 500, answer, err)
	if cognito.CodeOf(err) != cognito.ErrCheckUnavailable {
		t.Errorf("got %v, want %q", err, string(cognito.ErrCheckUnavailable))
	}
}

func TestLimitsOfAppSyncAreExact(t *testing.T) {
	verifier := newVerifier(t)
	for _, test := range []struct {
		config lambdaauth.AppSync
		fault  string
	}{
		{lambdaauth.AppSync{MaxTTL: time.Hour}, ""},
		{lambdaauth.AppSync{MaxTTL: time.Hour + 1}, "MaxTTL"},
		{lambdaauth.AppSync{Prefix: "a b~!"}, ""},
		{lambdaauth.AppSync{Prefix: "a\tb"}, "Prefix"},
		{lambdaauth.AppSync{Prefix: "a\x7fb"}, "Prefix"},
		{lambdaauth.AppSync{Prefix: " a"}, "Prefix"},
		{lambdaauth.AppSync{Prefix: "a "}, "Prefix"},
	} {
		_, err := lambdaauth.New(lambdaauth.Config{Verifier: verifier, AppSync: test.config})
		if test.fault == "" && err != nil || test.fault != "" && (err == nil || !strings.Contains(err.Error(), "Config.AppSync."+test.fault+" ")) {
			t.Errorf("%+v: %v", test.config, err)
		}
	}
}

// TestChannelsWithoutRules: every good token may use them, and a client publishes to one at a time.
func TestChannelsWithoutRules(t *testing.T) {
	w := newWorld(t, lambdaauth.Config{})
	for _, test := range []struct {
		operation, channel, namespace string
		want                          bool
	}{
		{"EVENT_SUBSCRIBE", "/news/*", "news", true},
		{"EVENT_PUBLISH", "/news/a", "news", true},
		{"EVENT_PUBLISH", "/news/*", "news", false},
		{"EVENT_SUBSCRIBE", "/news/a", "", true}, // an event without the namespace
		{"EVENT_SUBSCRIBE", "/news/a", "chat", false},
	} {
		before := len(w.logs.String())
		e := w.channelEvent(t, w.access(), test.operation, test.channel)
		e.RequestContext.ChannelNamespaceName = test.namespace
		answer, err := w.AppSyncEvents(t.Context(), e)
		if err != nil || answer.IsAuthorized != test.want {
			t.Errorf("%+v: %+v, %v", test, answer, err)
		}
		line := w.logs.String()[before:]
		if refused := strings.Contains(line, `"access_denied"`) && strings.Contains(line, `"AppSyncEvents"`); refused == test.want {
			t.Errorf("%+v: logged %q", test, line)
		}
		w.issuer.Clock().Advance(time.Second) // the next line about the code is shown
	}
}
