package lambdaauth

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/internal/configerror"
	"github.com/poolguard/poolguard/cognito/internal/rule"
)

// A ChannelOperation is what a client does with a channel of an AppSync Event API.
type ChannelOperation string

// The operations with a channel, as events name them.
const (
	Subscribe ChannelOperation = "EVENT_SUBSCRIBE"
	Publish   ChannelOperation = "EVENT_PUBLISH"
)

// eventConnect is the operation without a channel.
const eventConnect = "EVENT_CONNECT"

// A ChannelRule says who may use some channels of an AppSync Event API.
type ChannelRule struct {
	// Channels are paths such as "/news/latest". A last segment * means one or more segments:
	// "/news/*" has the channels below /news. A segment {sub} means the subject of the token:
	// "/inbox/{sub}/*" has the channels of each user for this user only.
	//
	// If several rules have a channel, the most specific one applies: for each segment from
	// the left, fixed text comes first, then {sub}, then *. A subscription with a * must also
	// meet each rule for a part of its channels: with a rule for "/news/admin", a client
	// needs what it requires to subscribe to /news/*.
	Channels []string

	// Operation is [Subscribe] or [Publish]. "" means both.
	Operation ChannelOperation

	// Require is what a token must meet, beside [Config.Require]. With none, every good token
	// may use the channels.
	Require []cognito.Requirement

	// Allow is [cognito.Verified], the zero value, or [cognito.Denied].
	Allow cognito.Allow
}

// A channel is the path of a channel in a rule, or a channel in an event.
type channel struct {
	segments []string // {sub} in a rule is the subject
	wild     bool     // all channels below; the last segment, *, is not among segments
}

const (
	subjectSegment = "{sub}"
	maxSegments    = 5  // https://docs.aws.amazon.com/appsync/latest/eventapi/channel-namespaces.html
	maxSegment     = 50 // as for the name of a namespace
)

// parseChannel reads a path. isPart reports whether a text may be a segment.
func parseChannel(path string, isPart func(segment string) bool) (channel, error) {
	var c channel
	segments := strings.Split(strings.TrimPrefix(path, "/"), "/")
	if last := len(segments) - 1; last > 0 && segments[last] == "*" {
		segments, c.wild = segments[:last], true
	}
	if len(segments) > maxSegments {
		return channel{}, fmt.Errorf("has %d segments, want at most %d", len(segments), maxSegments)
	}
	for _, segment := range segments {
		if !isPart(segment) {
			return channel{}, errors.New("has a segment with characters other than letters, digits and -, or of more than 50 characters; * must be the last of several segments")
		}
	}
	c.segments = segments
	return c, nil
}

func isChannelSegment(segment string) bool {
	return len(segment) <= maxSegment && consistsOf(segment, func(c byte) bool { return isAlphanumeric(c) || c == '-' })
}

func isRuleSegment(segment string) bool {
	return segment == subjectSegment || isChannelSegment(segment)
}

// covers reports whether every channel of other, a channel of an event, is one of c for the subject.
func (c channel) covers(other channel, subject string) bool {
	switch {
	case !c.matchesStart(other, subject) || len(c.segments) > len(other.segments):
		return false
	case c.wild:
		return other.wild || len(other.segments) > len(c.segments)
	}
	return !other.wild && len(other.segments) == len(c.segments)
}

// meets reports whether some channel of other, a channel of an event, is one of c for the subject.
func (c channel) meets(other channel, subject string) bool {
	switch {
	case !c.matchesStart(other, subject):
		return false
	case other.wild && len(c.segments) >= len(other.segments):
		// Also the channel without the last segment: no document says whether /news/* has /news.
		return true
	}
	return c.covers(other, subject)
}

// matchesStart compares the segments that both have.
func (c channel) matchesStart(other channel, subject string) bool {
	for n := range min(len(c.segments), len(other.segments)) {
		segment := c.segments[n]
		if segment == subjectSegment {
			segment = subject
		}
		if segment != other.segments[n] {
			return false
		}
	}
	return true
}

// compare orders channels of rules that cover the same channel: the more specific one is less.
func (c channel) compare(other channel) int {
	rank := func(c channel, n int) int {
		switch {
		case n >= len(c.segments):
			return 2
		case c.segments[n] == subjectSegment:
			return 1
		}
		return 0
	}
	for n := range maxSegments + 1 {
		if order := rank(c, n) - rank(other, n); order != 0 {
			return order
		}
	}
	return 0
}

// A channelEntry is one channel of a rule.
type channelEntry struct {
	channel
	operation ChannelOperation
	rule      int // index into AppSync.Channels
}

// parseChannels reads the channels of rules and adds every fault of them to faults.
func parseChannels(rules []ChannelRule, faults configerror.Faults) []channelEntry {
	var entries []channelEntry
	for index, r := range rules {
		at := faults.At(fmt.Sprintf("Channels[%d]", index))
		if len(r.Channels) == 0 {
			at.Add("Channels", "is empty: name at least one channel")
		}
		if r.Operation != "" && r.Operation != Subscribe && r.Operation != Publish {
			at.Add("Operation", "is invalid: got %q, want %q, %q or none", string(r.Operation), string(Subscribe), string(Publish))
		}
		rule.Validate(at, "", r.Require)
		if r.Allow == cognito.Optional || r.Allow == cognito.Anonymous {
			at.Add("Allow", "is %s, want verified or denied: AppSync refuses a request without a token", r.Allow)
		} else {
			rule.ValidateAllow(at, r.Allow, "", r.Require)
		}
		for n, path := range r.Channels {
			c, err := parseChannel(path, isRuleSegment)
			if err != nil || !strings.HasPrefix(path, "/") {
				if err == nil {
					err = errors.New("must begin with a slash")
				}
				at.Add(fmt.Sprintf("Channels[%d]", n), "%q %v", path, err)
				continue
			}
			same := func(e channelEntry) bool {
				return e.wild == c.wild && slices.Equal(e.segments, c.segments) && (e.operation == r.Operation || e.operation == "" || r.Operation == "")
			}
			if other := slices.IndexFunc(entries, same); other >= 0 {
				at.Add(fmt.Sprintf("Channels[%d]", n), "%q is in AppSync.Channels[%d] already", path, entries[other].rule)
			}
			entries = append(entries, channelEntry{c, r.Operation, index})
		}
	}
	return entries
}

// rulesOf returns the rules that a token must meet for an operation: the most specific one that has
// all channels of the event, and the rules for a part of them. It returns none if no rule has all.
func rulesOf(entries []channelEntry, operation ChannelOperation, asked channel, subject string) []int {
	var best *channelEntry
	var rules []int
	for n := range entries {
		e := &entries[n]
		switch {
		case e.operation != "" && e.operation != operation:
		case e.covers(asked, subject):
			if best == nil || e.compare(best.channel) < 0 {
				best = e
			}
		case e.meets(asked, subject):
			rules = append(rules, e.rule)
		}
	}
	if best == nil {
		return nil
	}
	return append(rules, best.rule)
}
