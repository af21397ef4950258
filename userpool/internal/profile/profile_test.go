package profile_test

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/poolguard/poolguard/userpool/internal/directory"
	"github.com/poolguard/poolguard/userpool/internal/profile"
	"github.com/poolguard/poolguard/userpool/internal/srp"
)

type jsonRaw = json.RawMessage

func TestAddresses(t *testing.T) {
	t.Parallel()
	for address, good := range map[string]bool{
		"a@example.org": true, "a+b@sub.example.org": true, "ä@exämple.org": true, "a@b": false, "@b.c": false, "a@": false, "a b@c.de": false,
		"a@b@c.de": false, "a\x00@b.cd": false, "a\n@b.cd": false, "a@b..cd": false, strings.Repeat("a", 65) + "@b.cd": false, "": false,
	} {
		if profile.LooksLikeEmail(address) != good {
			t.Errorf("%q: %v", address, !good)
		}
	}
	for number, good := range map[string]bool{"+1": true, "+15555550100": true, "15555550100": false, "+": false, "+1234567890123456": false, "+1 5": false} {
		if profile.LooksLikePhone(number) != good {
			t.Errorf("%q: %v", number, !good)
		}
	}
}

func TestChecksSayNo(t *testing.T) {
	t.Parallel()
	pool := directory.Pool{AnyCustom: true}
	for name, list := range map[string][]profile.Attribute{
		"too many":      make([]profile.Attribute, 101),
		"no name":       {{Value: "x"}},
		"long name":     {{Name: "custom:" + strings.Repeat("x", 26), Value: "x"}},
		"no UTF-8":      {{Name: "name", Value: "\xff"}},
		"long value":    {{Name: "custom:x", Value: strings.Repeat("x", 2049)}},
		"the sub":       {{Name: "sub", Value: "x"}},
		"NUL in a name": {{Name: "custom:\x00", Value: "x"}},
	} {
		refused := new(profile.AttributeError)
		if _, err := (profile.Author{}).Check(pool, list); !errors.As(err, &refused) || refused.Unauthorized || refused.Message == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
	many := make([]profile.Attribute, 100)
	for i := range many {
		many[i] = profile.Attribute{Name: "unknown", Value: "x"}
	}
	if _, err := (profile.Author{New: true}).Check(pool, many); err == nil || strings.Count(err.Error(), "\n") != 10 {
		t.Errorf("a hundred faults: %v", err)
	}
}

// TestCompleteChangesNothingInPlace: who refuses must be able to forget.
func TestCompleteChangesNothingInPlace(t *testing.T) {
	t.Parallel()
	pool := directory.Pool{Settings: map[string]jsonRaw{"SchemaAttributes": jsonRaw(`[{"Name":"name","Required":true}]`)}}
	u := directory.User{Attributes: map[string]string{"email": "a@example.org"}}
	before := u
	if err := profile.Complete(pool, directory.Client{}, &u, map[string]string{"email": "b@example.org"}); err == nil {
		t.Error("nothing is missing")
	}
	if !reflect.DeepEqual(before.Attributes, map[string]string{"email": "a@example.org"}) {
		t.Errorf("%v", before.Attributes)
	}
}

func TestSetPassword(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	pool := directory.Pool{ID: "us-east-1_Local0001", Password: directory.PasswordPolicy{HistorySize: 3}}
	make1 := func(password string) srp.Verifier {
		v, err := srp.NewVerifier(rand.Reader, pool.SRPName(), "bo", password)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	u := directory.User{
		Username: "bo", Failures: 9, LockedUntil: now.Add(time.Hour),
		Codes: map[string]directory.SentCode{directory.CodeConfirm: {}, directory.CodeRecover: {}, directory.CodeVerify("email"): {}},
	}
	profile.SetPassword(pool, &u, make1("0"), directory.ForceChangePassword, now)
	if u.Status != directory.ForceChangePassword || !u.TemporaryUntil.Equal(now.AddDate(0, 0, 7)) || u.Failures != 0 || len(u.Codes) != 2 {
		t.Errorf("temporary: %+v", u)
	}
	for _, password := range []string{"1", "2", "3"} {
		if err := profile.CheckHistory(pool, u, password); err != nil {
			t.Error(err)
		}
		profile.SetPassword(pool, &u, make1(password), directory.Confirmed, now)
	}
	if !u.TemporaryUntil.IsZero() || len(u.Codes) != 1 || len(u.PastPasswords) != 2 {
		t.Errorf("own: %v %v, %d past", u.TemporaryUntil, u.Codes, len(u.PastPasswords))
	}
	for password, used := range map[string]bool{"0": false, "1": true, "2": true, "3": true} {
		if err := profile.CheckHistory(pool, u, password); errors.Is(err, profile.ErrPasswordUsed) != used {
			t.Errorf("%s: %v", password, err)
		}
	}
}
