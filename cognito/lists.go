package cognito

import (
	"bytes"
	"strings"

	"github.com/poolguard/poolguard/cognito/internal/jose"
)

// A span is the place of a value in the payload: [from:to].
type span struct{ from, to int }

// readLists reads the claims of which there can be thousands in one token. It is
// called when the signature held: before that, anybody could have them read, at many
// times the cost of checking a signature.
func (t *payload) readLists(payload []byte) {
	for c := claimAudience; c <= lastList; c++ {
		if !t.present.has(c) {
			continue
		}
		at := t.lists[c-lastTime-1]
		if !t.readList(c, payload[at.from:at.to], at.from) {
			t.wrong.add(c)
		}
	}
}

func (t *payload) readList(c claim, value jose.Value, offset int) (ok bool) {
	switch c { //nolint:exhaustive // the others are no lists
	case claimAudience:
		var one string
		if one, ok = t.textAt(value, offset); ok {
			t.audiences = []string{one}
			return true
		}
		t.audienceIsArray = true
		t.audiences, ok = t.textsAt(value, offset)
	case claimScope:
		var all string
		all, ok = t.textAt(value, offset)
		t.scopes = splitScopes(all)
	case claimGroups:
		t.groups, ok = t.textsAt(value, offset)
	case claimRoles:
		t.roles, ok = t.textsAt(value, offset)
	case claimAMR:
		t.amr, ok = t.textsAt(value, offset)
	case claimIdentities:
		if t.identities, ok = readIdentities(value); !ok {
			t.identities = nil
		}
	}
	return ok
}

// splitScopes splits at spaces, the one separator of RFC 6749 §3.3.
func splitScopes(s string) []string {
	scopes := make([]string, 0, strings.Count(s, " ")+1)
	for scope := range strings.SplitSeq(s, " ") {
		if scope != "" {
			scopes = append(scopes, scope)
		}
	}
	return scopes
}

// textsAt is value.Texts, sharing the memory of the payload where it can.
func (t *payload) textsAt(value jose.Value, offset int) ([]string, bool) {
	list := make([]string, 0, min(bytes.Count(value, []byte(","))+1, 16))
	ok := true
	err := jose.DecodeArray(value, func(member jose.Value, within int) error {
		text, isText := t.textAt(member, offset+within)
		list, ok = append(list, text), ok && isText
		return nil
	})
	return list, ok && err == nil
}
