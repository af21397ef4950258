package users_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/poolguard/poolguard/userpool/internal/authflow"
	"github.com/poolguard/poolguard/userpool/internal/directory"
	"github.com/poolguard/poolguard/userpool/internal/random"
	"github.com/poolguard/poolguard/userpool/internal/store"
	"github.com/poolguard/poolguard/userpool/internal/users"
)

func Example() {
	ctx := context.Background()
	s, source := store.NewMemory(), random.NewSource(rand.Reader)
	var code string
	accounts := users.New(users.Config{
		Store: s, Now: time.Now, Random: source, Logger: slog.New(slog.DiscardHandler),
		SignIns: authflow.New(authflow.Config{Store: s, Now: time.Now, Random: source, Logger: slog.New(slog.DiscardHandler)}),
		Deliver: func(_ context.Context, m users.Message) { code = m.Code },
	})
	pool := directory.Pool{ID: "us-east-1_Local0001", Password: directory.DefaultPasswordPolicy, AutoVerifiedAttributes: []string{"email"}}
	client := directory.Client{ID: "web", PoolID: pool.ID}

	up, err := accounts.SignUp(ctx, pool, client, users.NewUser{
		Username: "anaya", Password: "Passw0rd!", Attributes: []users.Attribute{{Name: "email", Value: "anaya@example.com"}},
	})
	fmt.Println(up.Delivery.Destination, err)
	fmt.Println(accounts.ConfirmSignUp(ctx, pool, client, "anaya", "", false))
	fmt.Println(accounts.ConfirmSignUp(ctx, pool, client, "anaya", code, false))

	_, err = accounts.SignUp(ctx, pool, client, users.NewUser{Username: "Anaya", Password: "Passw0rd!"})
	fmt.Println(errors.Is(err, &users.Error{Code: users.CodeUsernameExists}))
	// Output:
	// a***@e*** <nil>
	// CodeMismatchException: Invalid verification code provided, please try again.
	// <nil>
	// true
}
