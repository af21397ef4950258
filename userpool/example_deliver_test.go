package userpool_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	"github.com/poolguard/poolguard/userpool"
)

// Codes that Cognito would send arrive at Deliver, and the clock is the test's own.
func ExampleConfig_deliver() {
	now := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	codes := make(chan string, 1)
	server, err := userpool.New(userpool.Config{
		PublicURL: "http://localhost:9229",
		Clock:     func() time.Time { return now },
		Deliver: func(_ context.Context, m userpool.Message) {
			codes <- string(m.Code) // printed as it is, a Secret shows "[redacted]"
		},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	call := func(action, body string) int {
		r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body))
		r.Header.Set("Content-Type", "application/x-amz-json-1.1")
		r.Header.Set("X-Amz-Target", "AWSCognitoIdentityProviderService."+action)
		w := httptest.NewRecorder()
		server.ServeHTTP(w, r)
		return w.Code
	}
	fmt.Println("SignUp", call("SignUp", `{"ClientId": "local-client", "Username": "ben", "Password": "Passw0rd!",
		"UserAttributes": [{"Name": "email", "Value": "ben@example.com"}]}`))
	code := <-codes
	server.SetClockOffset(25 * time.Hour) // a day is what a code lives
	fmt.Println("a day later", call("ConfirmSignUp", `{"ClientId": "local-client", "Username": "ben", "ConfirmationCode": "`+code+`"}`))
	server.SetClockOffset(0)
	fmt.Println("in time", call("ConfirmSignUp", `{"ClientId": "local-client", "Username": "ben", "ConfirmationCode": "`+code+`"}`))
	// Output:
	// SignUp 200
	// a day later 400
	// in time 200
}
