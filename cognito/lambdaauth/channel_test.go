package lambdaauth

import (
	"errors"
	"strings"
	"testing"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/internal/configerror"
)

const alice = "3f2a-alice"

func channelOf(t *testing.T, path string, isPart func(string) bool) channel {
	t.Helper()
	c, err := parseChannel(path, isPart)
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return c
}

// TestWhichChannelsARuleHas: covers is for all channels of an event, meets for some of them.
func TestWhichChannelsARuleHas(t *testing.T) {
	for _, test := range []struct {
		rule, asked   string
		covers, meets bool
	}{
		{"/news/a", "/news/a", true, true},
		{"/news/a", "/news/b", false, false},
		{"/news/a", "/news", false, false},
		{"/news/a", "/news/a/b", false, false},
		{"/news/a", "/news/a/*", false, true}, // no document says whether /news/a/* has /news/a
		{"/news/a", "/news/*", false, true},
		{"/news", "/news/a/*", false, false},
		{"/news/*", "/news", false, false},
		{"/news/*", "/news/a", true, true},
		{"/news/*", "/news/a/b", true, true},
		{"/news/*", "/news/*", true, true},
		{"/news/*", "/news/a/*", true, true},
		{"/news/a/*", "/news/*", false, true},
		{"/news/a/*", "/news/b/*", false, false},
		{"/inbox/{sub}", "/inbox/" + alice, true, true},
		{"/inbox/{sub}", "/inbox/bob", false, false},
		{"/inbox/{sub}/*", "/inbox/*", false, true},
	} {
		rule, asked := channelOf(t, test.rule, isRuleSegment), channelOf(t, test.asked, isChannelSegment)
		if got := rule.covers(asked, alice); got != test.covers {
			t.Errorf("%s covers %s: %t", test.rule, test.asked, got)
		}
		if got := rule.meets(asked, alice); got != test.meets {
			t.Errorf("%s meets %s: %t", test.rule, test.asked, got)
		}
	}
}

// TestMostSpecificChannelDecides in any order of the rules: fixed text, then {sub}, then *.
func TestMostSpecificChannelDecides(t *testing.T) {
	paths := []string{"/inbox/*", "/inbox/{sub}", "/inbox/" + alice}
	for first := range paths {
		var rules []ChannelRule
		for n := range paths {
			rules = append(rules, ChannelRule{Channels: []string{paths[(first+n)%len(paths)]}})
		}
		entries := parseChannels(rules, configerror.In("lambdaauth", "Config"))
		for n := len(paths); n > 0; n-- {
			got := rulesOf(entries, Subscribe, channelOf(t, "/inbox/"+alice, isChannelSegment), alice)
			if len(got) != 1 || rules[got[0]].Channels[0] != paths[n-1] {
				t.Errorf("rules from %s on: got %v, want the rule for %s", paths[first], got, paths[n-1])
			}
			for i := range entries {
				if len(got) == 1 && entries[i].rule == got[0] {
					entries[i].operation = Publish // the next one decides
				}
			}
		}
	}
}

// TestLimitsOfChannelsAreExact: five segments of 50 characters.
func TestLimitsOfChannelsAreExact(t *testing.T) {
	long := strings.Repeat("a", 50)
	for path, good := range map[string]bool{
		"/a/b/c/d/e": true, "/a/b/c/d/e/*": true, "/a/b/c/d/e/f": false, "/" + long: true, "/" + long + "a": false,
	} {
		if _, err := parseChannel(path, isChannelSegment); (err == nil) != good {
			t.Errorf("%s: %v", path, err)
		}
	}
}

// TestChannelOfTwoRulesIsAFault where a rule for it is for the same operation.
func TestChannelOfTwoRulesIsAFault(t *testing.T) {
	for _, test := range []struct {
		first, second ChannelOperation
		fault         bool
	}{
		{Subscribe, Subscribe, true}, {Subscribe, "", true}, {"", Publish, true}, {"", "", true}, {Subscribe, Publish, false},
	} {
		faults := configerror.In("lambdaauth", "Config")
		parseChannels([]ChannelRule{
			{Channels: []string{"/news/*"}, Operation: test.first}, {Channels: []string{"/news/x", "/news", "/news/*"}, Operation: test.second},
		}, faults)
		var fault *cognito.ConfigError
		if err := faults.Err(); errors.As(err, &fault) != test.fault || test.fault && fault.Field != "Config.Channels[1].Channels[2]" {
			t.Errorf("%q, %q: %v", string(test.first), string(test.second), err)
		}
	}
	faults := configerror.In("lambdaauth", "Config")
	parseChannels([]ChannelRule{{Channels: []string{"news/x"}}}, faults)
	if err := faults.Err(); err == nil || !strings.Contains(err.Error(), `"news/x" must begin with a slash`) {
		t.Errorf("got %v", err)
	}
}
