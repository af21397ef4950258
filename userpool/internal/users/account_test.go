package users

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/poolguard/poolguard/userpool/internal/attributes"
	"github.com/poolguard/poolguard/userpool/internal/authflow"
	"github.com/poolguard/poolguard/userpool/internal/directory"
	"github.com/poolguard/poolguard/userpool/internal/random"
	"github.com/poolguard/poolguard/userpool/internal/store"
)

// fixture is a service over a memory store with one pool, its client and a clock.
type fixture struct {
	*Service
	pool   directory.Pool
	client directory.Client
	now    time.Time
	sent   []Message
}

func newFixture(tb testing.TB) *fixture {
	tb.Helper()
	d := &fixture{
		pool: directory.Pool{
			ID: "us-east-1_Local0001", Password: directory.DefaultPasswordPolicy, AnyCustom: true,
			AutoVerifiedAttributes: []string{"email", "phone_number"},
		},
		client: directory.Client{ID: "web", PoolID: "us-east-1_Local0001"},
		now:    time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC),
	}
	s := store.NewMemory()
	err := s.Update(context.Background(), func(tx store.Tx) error {
		return errors.Join(directory.PutPool(tx, d.pool), directory.PutClient(tx, d.client))
	})
	if err != nil {
		tb.Fatal(err)
	}
	clock, source, logger := func() time.Time { return d.now }, random.NewSource(rand.Reader), slog.New(slog.DiscardHandler)
	d.Service = New(Config{
		Store: s, Now: clock, Random: source, Logger: logger,
		SignIns: authflow.New(authflow.Config{Store: s, Now: clock, Random: source, Logger: logger}),
		Deliver: func(_ context.Context, m Message) { d.sent = append(d.sent, m) },
	})
	return d
}

const goodPassword = "Passw0rd!"

var bg = context.Background()

func (d *fixture) signUp(tb testing.TB, attributes ...Attribute) SignedUp {
	tb.Helper()
	up, err := d.SignUp(bg, d.pool, d.client, NewUser{Username: "bo", Password: goodPassword, Attributes: attributes})
	if err != nil {
		tb.Fatal(err)
	}
	return up
}

func TestPhoneIsConfirmedFirst(t *testing.T) {
	d := newFixture(t)
	up := d.signUp(t, Attribute{Name: "email", Value: "bo@example.org"}, Attribute{Name: "phone_number", Value: "+15555550100"})
	if *up.Delivery != (Delivery{"phone_number", SMS, "+*******0100"}) || len(d.sent) != 1 || d.sent[0].Destination != "+15555550100" {
		t.Fatalf("delivery: %+v", up.Delivery)
	}
	if err := d.ConfirmSignUp(bg, d.pool, d.client, "bo", d.sent[0].Code, false); err != nil {
		t.Fatal(err)
	}
	u, err := d.User(bg, d.pool, "bo")
	if err != nil || u.Attributes["phone_number_verified"] != "true" || u.Attributes["email_verified"] != "false" {
		t.Errorf("%v %v", u.Attributes, err)
	}
}

func TestNoAddressNoCode(t *testing.T) {
	d := newFixture(t)
	if up := d.signUp(t); up.Delivery != nil || len(d.sent) != 0 {
		t.Errorf("delivery: %+v", up.Delivery)
	}
	_, err := d.ResendConfirmationCode(bg, d.pool, d.client, "bo")
	if want := invalid("Cannot resend codes. Auto verification not turned on."); !errors.Is(err, want) {
		t.Errorf("%v", err)
	}
	if err := d.ConfirmSignUp(bg, d.pool, d.client, "bo", "", false); !errors.Is(err, errExpired) {
		t.Errorf("confirmed with no code: %v", err)
	}
}

func TestAnAddressThatChangedIsNotConfirmed(t *testing.T) {
	d := newFixture(t)
	d.signUp(t, Attribute{Name: "email", Value: "bo@example.org"})
	code := d.sent[0].Code
	if err := d.SetAttributes(bg, d.pool, "bo", []Attribute{{Name: "email", Value: "other@example.org"}}); err != nil {
		t.Fatal(err)
	}
	if err := d.ConfirmSignUp(bg, d.pool, d.client, "bo", code, false); err != nil {
		t.Fatal(err)
	}
	u, err := d.User(bg, d.pool, "bo")
	if err != nil || u.Status != directory.Confirmed || u.Attributes["email_verified"] != "false" {
		t.Errorf("%v %v %v", u.Status, u.Attributes, err)
	}
}

func TestNewUserOfTheSameNameIsAnotherUser(t *testing.T) {
	d := newFixture(t)
	d.signUp(t)
	before, err := d.User(bg, d.pool, "bo")
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Remove(bg, d.pool, "bo"); err != nil {
		t.Fatal(err)
	}
	d.signUp(t)
	_, update := d.UpdateAttributes(bg, d.pool, d.client, before, []Attribute{{Name: "name", Value: "x"}})
	for what, err := range map[string]error{
		"update": update, "delete": d.Delete(bg, d.pool, before), "verify": d.VerifyAttribute(bg, d.pool, before, "email", "1"),
	} {
		if !errors.Is(err, &Error{Code: CodeUserNotFound}) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func TestGeneratedPasswords(t *testing.T) {
	d := newFixture(t)
	for _, least := range []int{0, 6, 8, 14, 99} {
		d.pool.Password.MinimumLength = least
		for range 200 {
			password := d.temporaryPassword(d.pool)
			if err := checkPassword(d.pool, password); err != nil {
				t.Fatalf("%d: %s: %v", least, password, err)
			}
		}
	}
	for _, bad := range []string{" Passw0rd!", "Passw0rd! ", "Passw0rd!\n", strings.Repeat("aA1!", 300)} {
		if err := checkPassword(d.pool, bad); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
}

func TestMask(t *testing.T) {
	for _, tc := range [][3]string{
		{"email", "anaya@example.com", "a***@e***"},
		{"email", "ö@ü.example", "ö***@ü***"},
		{"phone_number", "+15555550100", "+*******0100"},
		{"phone_number", "+123", "+123"},
	} {
		if got := mask(tc[0], tc[1]); got != tc[2] {
			t.Errorf("%s: %s, want %s", tc[1], got, tc[2])
		}
	}
}

func TestAddressFormats(t *testing.T) {
	for email, good := range map[string]bool{
		"a@example.com": true, "a.b+c@example.co.uk": true, "ö@exämple.org": true, "a_b-c@x-y.io": true,
		"": false, "a": false, "a@": false, "@b.c": false, "a@b": false, "a b@c.d": false, "a@b..c": false, "a@b.c.": false,
		"a@b@c.d": false, "a@b.c\n": false, "<a@b.c>": false,
	} {
		if attributes.LooksLikeEmail(email) != good {
			t.Errorf("%q: good is %v", email, !good)
		}
	}
}
