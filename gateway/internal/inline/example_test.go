package inline_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/poolguard/poolguard/gateway/internal/authz"
	"github.com/poolguard/poolguard/gateway/internal/identity"
	"github.com/poolguard/poolguard/gateway/internal/inline"
)

// everyone allows each request as one person's.
type everyone struct{}

func (everyone) Decide(context.Context, *authz.Request) authz.Decision {
	return authz.Decision{Allowed: true, Identity: authz.Identity{Subject: "sub-1"}}
}

func Example() {
	headers, _ := identity.New(identity.Config{})
	h, _ := inline.New(inline.Config{Decider: everyone{}, Headers: headers})

	r := httptest.NewRequest(http.MethodGet, "/orders/7", http.NoBody)
	r.Header["X_auth_subject"] = []string{"mallory"}
	d := h.Check(r)
	fmt.Println(d.Allowed, r.Header)
	// Output: true map[X-Auth-Subject:[sub-1]]
}
