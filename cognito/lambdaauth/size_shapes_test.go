package lambdaauth_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/cognitotest"
	"github.com/poolguard/poolguard/cognito/lambdaauth"
)

// tableShapes are kinds of tables, with the number of keys for each n. docs/lambda.md has the numbers of
// keys that fit.
var tableShapes = []struct {
	name string
	keys func(n int) []string
	fit  int // keys of the largest table whose policy is answered
}{
	{"`GET /things000`", func(n int) []string { return []string{fmt.Sprintf("GET /things%03d", n)} }, 98},
	{"`GET /things000/{id}`", func(n int) []string { return []string{fmt.Sprintf("GET /things%03d/{id}", n)} }, 31},
	{"`GET`, `POST /things000` and `GET`, `PUT`, `DELETE /things000/{id}`", func(n int) []string {
		one := fmt.Sprintf("/things%03d", n)
		return []string{"GET " + one, "POST " + one, "GET " + one + "/{id}", "PUT " + one + "/{id}", "DELETE " + one + "/{id}"}
	}, 40},
	{"`GET /things000/{proxy+}`", func(n int) []string { return []string{fmt.Sprintf("GET /things%03d/{proxy+}", n)} }, 47},
	{"`ANY /things000/{proxy+}`", func(n int) []string { return []string{fmt.Sprintf("ANY /things%03d/{proxy+}", n)} }, 6},
}

// TestLargestTablesAreThoseOfTheDocument, for a short ARN and a context without groups.
func TestLargestTablesAreThoseOfTheDocument(t *testing.T) {
	document, err := os.ReadFile("../../docs/lambda.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, shape := range tableShapes {
		fits := func(n int) (int, bool) {
			route := lambdaauth.Route{Require: []cognito.Requirement{cognito.RequireScopes("orders/read")}}
			for i := range n {
				route.Keys = append(route.Keys, shape.keys(i)...)
			}
			w := newWorld(t, lambdaauth.Config{Routes: []lambdaauth.Route{route}})
			method, _, _ := strings.Cut(route.Keys[0], " ")
			call := shortStage + strings.Replace(method, "ANY", "GET", 1) + "/things000"
			if strings.Contains(route.Keys[0], "{") {
				call += "/1"
			}
			_, err := w.RESTToken(t.Context(), tokenEvent(w.access(cognitotest.Scopes("orders/read")), call))
			return len(route.Keys), err == nil
		}
		n, keys := 1, 0
		for ; ; n++ {
			k, ok := fits(n)
			if !ok {
				break
			}
			keys = k
		}
		if keys != shape.fit {
			t.Errorf("%s: %d keys fit, want %d", shape.name, keys, shape.fit)
		}
		if row := fmt.Sprintf("| %s | %d |", shape.name, keys); !strings.Contains(string(document), row) {
			t.Errorf("docs/lambda.md does not have %q", row)
		}
	}
}
