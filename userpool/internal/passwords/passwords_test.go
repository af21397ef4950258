package passwords_test

import (
	"crypto/rand"
	"errors"
	"testing"
	"time"

	"github.com/poolguard/poolguard/userpool/internal/directory"
	"github.com/poolguard/poolguard/userpool/internal/passwords"
	"github.com/poolguard/poolguard/userpool/internal/srp"
)

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
	passwords.Set(pool, &u, make1("0"), directory.ForceChangePassword, now)
	if u.Status != directory.ForceChangePassword || !u.TemporaryUntil.Equal(now.AddDate(0, 0, 7)) || u.Failures != 0 || len(u.Codes) != 2 {
		t.Errorf("temporary: %+v", u)
	}
	for _, password := range []string{"1", "2", "3"} {
		if err := passwords.CheckHistory(pool, u, password); err != nil {
			t.Error(err)
		}
		passwords.Set(pool, &u, make1(password), directory.Confirmed, now)
	}
	if !u.TemporaryUntil.IsZero() || len(u.Codes) != 1 || len(u.PastPasswords) != 2 {
		t.Errorf("own: %v %v, %d past", u.TemporaryUntil, u.Codes, len(u.PastPasswords))
	}
	for password, used := range map[string]bool{"0": false, "1": true, "2": true, "3": true} {
		if err := passwords.CheckHistory(pool, u, password); errors.Is(err, passwords.ErrUsed) != used {
			t.Errorf("%s: %v", password, err)
		}
	}
}
