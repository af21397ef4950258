package authflow_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"time"

	"github.com/poolguard/poolguard/userpool/internal/authflow"
	"github.com/poolguard/poolguard/userpool/internal/directory"
	"github.com/poolguard/poolguard/userpool/internal/issuer"
	"github.com/poolguard/poolguard/userpool/internal/random"
	"github.com/poolguard/poolguard/userpool/internal/store"
	"github.com/poolguard/poolguard/userpool/internal/totp"
)

// A login page checks the password, then asks for whatever is due until nothing
// is. Between two requests it keeps the session, in a hidden field.
func Example() {
	ctx, now := context.Background(), func() time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC) }
	source, records := random.NewSource(rand.Reader), store.NewMemory()
	s := authflow.New(authflow.Config{
		Store: records, Now: now, Random: source, Logger: slog.New(slog.DiscardHandler),
		Issuer: issuer.New(issuer.Config{Store: records, Now: now, Random: source, URL: func(id string) string { return id }}),
	})
	secret, err := totp.NewSecret(source)
	if err != nil {
		panic(err)
	}
	pool := directory.Pool{ID: "us-east-1_Example01", MFA: "ON", Password: directory.DefaultPasswordPolicy}
	client := directory.Client{ID: "web", PoolID: pool.ID}
	password, err := s.NewPassword(pool, "anaya", "Temp0rary!")
	if err != nil {
		panic(err)
	}
	err = records.Update(ctx, func(tx store.Tx) error {
		if err := directory.PutPool(tx, pool); err != nil {
			return err
		}
		if err := directory.PutClient(tx, client); err != nil {
			return err
		}
		return directory.PutUser(tx, pool, directory.User{
			PoolID: pool.ID, Username: "anaya", Sub: "s", Status: directory.ForceChangePassword, Password: password, TOTPSecret: secret,
		})
	})
	if err != nil {
		panic(err)
	}

	u, err := s.CheckPassword(ctx, pool, "anaya", "Temp0rary!")
	if err != nil {
		panic(err)
	}
	step, err := s.Next(ctx, pool, client, u, authflow.MethodPassword)
	for err == nil && step.Challenge != "" {
		fmt.Println(step.Challenge)
		by := authflow.Answer{Session: step.Session}
		switch step.Challenge {
		case authflow.ChallengeNewPassword:
			step, err = s.AnswerNewPassword(ctx, client, by, "My0wn-password", nil)
		case authflow.ChallengeTOTP:
			code, _ := totp.Code(secret, now())
			step, err = s.AnswerTOTP(ctx, client, by, code)
		}
	}
	fmt.Println(step.User.Username, step.User.Status, step.Methods, err)
	// Output:
	// NEW_PASSWORD_REQUIRED
	// SOFTWARE_TOKEN_MFA
	// anaya CONFIRMED [pwd otp mfa] <nil>
}
