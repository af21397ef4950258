package revocation

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
	"unsafe"
)

const testPool = "us-east-1_Test00001"

// TestRetryAfterIsReadInBothForms: seconds and a date, at most five minutes.
func TestRetryAfterIsReadInBothForms(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for value, want := range map[string]time.Duration{
		"": 0, "0": 0, "20": 20 * time.Second, " 20 ": 20 * time.Second, "300": 5 * time.Minute, "301": 5 * time.Minute,
		"99999999999": 5 * time.Minute, "99999999999999999999": 5 * time.Minute, "-1": 0, "1.5": 0, "soon": 0,
		"Sun, 01 Mar 2026 12:01:00 GMT": time.Minute, "Sun, 01 Mar 2026 11:00:00 GMT": 0, "Sun, 01 Mar 2026 13:00:00 GMT": 5 * time.Minute,
	} {
		if got := retryAfter(http.Header{"Retry-After": {value}}, now); got != want {
			t.Errorf("%q: got %v, want %v", value, got, want)
		}
	}
}

// TestFilterGrowsWithTheList: few names that are not in the list look as if they were.
func TestFilterGrowsWithTheList(t *testing.T) {
	t.Parallel()
	list, err := NewList(ListConfig{})
	if err != nil {
		t.Fatal(err)
	}
	const names = 5000
	for n := range names {
		if err := list.RevokeSubject(testPool, fmt.Sprint("in ", n), time.Now()); err != nil {
			t.Fatal(err)
		}
	}
	wrong := 0
	for n := range names {
		if list.filter.Load().mayHave(list.hash(kindSubject, fmt.Sprint("out ", n))) {
			wrong++
		}
	}
	if wrong > names/20 {
		t.Errorf("%d of %d names that are not in the list pass the filter", wrong, names)
	}
}

// TestListKeepsNoTextOfTheCaller: a name may be a piece of a token, which would stay in memory.
func TestListKeepsNoTextOfTheCaller(t *testing.T) {
	list, err := NewList(ListConfig{})
	if err != nil {
		t.Fatal(err)
	}
	pool, id := strings.Clone(testPool), strings.Clone("one")
	if err := list.RevokeSignIn(pool, id, time.Time{}); err != nil {
		t.Fatal(err)
	}
	for e := range list.Entries() {
		//nolint:gosec // where a text is, nothing else tells
		if unsafe.StringData(e.UserPool) == unsafe.StringData(pool) || unsafe.StringData(e.ID) == unsafe.StringData(id) {
			t.Error("the entry has the text of the caller")
		}
	}
}

// TestAnswersInMemoryAreBoundedByDefault, the unclear ones too.
func TestAnswersInMemoryAreBoundedByDefault(t *testing.T) {
	for configured, want := range map[int]uint64{0: DefaultOnlineMaxEntries, 7: 7} {
		o, err := NewOnline(OnlineConfig{UserPools: []OnlineUserPool{{ID: testPool, GetUser: true}}, MaxEntries: configured})
		if err != nil {
			t.Fatal(err)
		}
		if got := o.verdicts.GetMaximum(); got != want {
			t.Errorf("%d verdicts, want %d", got, want)
		}
		if got := o.unclear.GetMaximum(); got != want {
			t.Errorf("%d unclear answers, want %d", got, want)
		}
	}
}

// TestCallerAfterTheAnswerStartsNoQuestion: the question of another caller has ended between the look
// into the memory and the look at the questions under way.
func TestCallerAfterTheAnswerStartsNoQuestion(t *testing.T) {
	o, err := NewOnline(OnlineConfig{UserPools: []OnlineUserPool{{ID: testPool, GetUser: true}}})
	if err != nil {
		t.Fatal(err)
	}
	name, now := tokenHash{1}, time.Now()
	o.remember(name, answerRevoked, now, now.Add(time.Hour))
	f, v := o.join(t.Context(), name, func(context.Context) (verdict, error) { return verdict{}, errors.New("asked") })
	if f != nil || !v.revoked {
		t.Errorf("a question: %t, revoked: %t", f != nil, v.revoked)
	}
}
