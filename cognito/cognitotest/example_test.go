package cognitotest_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/alb"
	"github.com/poolguard/poolguard/cognito/cognitotest"
)

func Example() {
	issuer := cognitotest.NewIssuer()
	verifier, err := cognito.New(issuer.Config())
	if err != nil {
		fmt.Println(err)
		return
	}
	pool := issuer.Pool()
	for _, raw := range []string{
		pool.AccessToken(cognitotest.Groups("staff")),
		pool.AccessToken(),
		pool.AccessToken(cognitotest.Groups("staff"), cognitotest.Expired()),
		pool.AccessToken(cognitotest.Groups("staff"), cognitotest.WrongKey()),
		pool.IDToken(cognitotest.Groups("staff")),
		pool.RefreshToken(),
	} {
		_, err := verifier.VerifyAccessToken(context.Background(), raw, cognito.RequireGroups("staff"))
		fmt.Printf("refused: %q\n", string(cognito.CodeOf(err)))
	}
	// Output:
	// refused: ""
	// refused: "group_missing"
	// refused: "token_expired"
	// refused: "signature_invalid"
	// refused: "token_use_mismatch"
	// refused: "encrypted_token"
}

// The token of a load balancer, and one that has expired. SignIn adds all headers to a request.
func ExampleLoadBalancer() {
	balancer := cognitotest.NewIssuer().Pool().LoadBalancer("web")
	verifier, err := alb.New(balancer.Config())
	if err != nil {
		fmt.Println(err)
		return
	}
	identity, err := verifier.Verify(context.Background(), balancer.Data(cognitotest.ForSubject("user-2")))
	fmt.Println(identity.Subject(), err)
	_, err = verifier.Verify(context.Background(), balancer.Data(cognitotest.Expired()))
	fmt.Println(cognito.CodeOf(err))
	// Output:
	// user-2 <nil>
	// cognito: token_expired
}

// A token is good until the clock says otherwise.
func ExampleClock_Advance() {
	issuer := cognitotest.NewIssuer()
	verifier, err := cognito.New(issuer.Config())
	if err != nil {
		fmt.Println(err)
		return
	}
	raw := issuer.Pool().IDToken()
	for _, step := range []time.Duration{0, time.Hour - time.Second, time.Second} {
		issuer.Clock().Advance(step)
		_, err := verifier.VerifyIDToken(context.Background(), raw)
		fmt.Println(err == nil)
	}
	// Output:
	// true
	// true
	// false
}

// The verifier finds a new key by itself, once its cool-down is over.
func ExamplePool_RotateKeys() {
	issuer := cognitotest.NewIssuer()
	verifier, err := cognito.New(issuer.Config())
	if err != nil {
		fmt.Println(err)
		return
	}
	pool := issuer.Pool()
	good := func() bool {
		_, err := verifier.VerifyAccessToken(context.Background(), pool.AccessToken())
		return err == nil
	}
	fmt.Println(good())
	pool.RotateKeys()
	fmt.Println(good())
	issuer.Clock().Advance(10 * time.Second)
	fmt.Println(good(), pool.KeySetRequests())
	// Output:
	// true
	// false
	// true 2
}

// A real server, for a verifier in another process.
func ExampleIssuer_SetAddress() {
	issuer := cognitotest.NewIssuer()
	server := httptest.NewServer(issuer.Handler())
	defer server.Close()
	issuer.SetAddress(server.URL)

	verifier, err := cognito.New(issuer.Config())
	if err != nil {
		fmt.Println(err)
		return
	}
	token, err := verifier.VerifyAccessToken(context.Background(), issuer.Pool().AccessToken())
	fmt.Println(err, token.Issuer() == server.URL+"/"+cognitotest.PoolID)
	// Output: <nil> true
}
