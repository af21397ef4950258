package report_test

import (
	"context"
	"fmt"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/internal/report"
	"github.com/poolguard/poolguard/internal/terminal"
)

func Example() {
	r, err := cognito.Inspect(context.Background(), "not.a.token", cognito.InspectOptions{Now: time.Unix(0, 0)})
	if err != nil {
		panic(err)
	}
	w := &report.Writer{Page: terminal.NewPage(terminal.Style{}), Hint: func(cognito.Code, *cognito.Report) string {
		return "Copy the whole token."
	}}
	w.Inspection(r)
	fmt.Print(w)
	// Output:
	// no this cannot be decoded
	//
	//   checks
	//     ok size        11 of at most 16384 bytes
	//     no shape       token_malformed: the payload is not canonical, unpadded
	//                    base64url
	//                    -> Copy the whole token.
	//     -- not checked: algorithm, issuer, key, signature, token_use, client,
	//        expiry, not_before, audience, nonce, revocation, acr, auth_time, scopes,
	//        groups, claims (the token could not be read)
}
