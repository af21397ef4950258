package main

import (
	"net/http"
	"slices"
	"sync/atomic"

	"github.com/poolguard/poolguard/cognito/cognitotest"
)

// A kind is a kind of request.
type kind struct {
	name    string
	target  string
	allowed bool
}

// The kinds of requests. A worker sends them in turn.
var kinds = []kind{
	{"good", "/orders/7", true},
	{"expired", "/orders/7", false},
	{"good", "/orders/8?page=2", true},
	{"forged", "/orders/7", false},
	{"good", "/orders/9", true},
	{"poor", "/orders/7", false},
	{"", "/healthz", true},
	{"", "/orders/7", false},
	{"good", "/orders/10", true},
	{"good", "/admin/users", false},
	{"", "/version", true},
	{"good", "/other", false},
	{"good", "/orders/11", true},
	{"good", "/orders/a%2Fb", false},
}

// A generation is the tokens that were signed with the same keys.
type generation struct {
	tokens   map[string]string // by kind
	accepted atomic.Bool       // one of them was
}

const groups = "staff"

func newGeneration(pool *cognitotest.Pool) *generation {
	scope := cognitotest.Scopes("orders/read")
	return &generation{tokens: map[string]string{
		"good":    pool.AccessToken(cognitotest.Groups(groups), scope),
		"expired": pool.AccessToken(cognitotest.Groups(groups), scope, cognitotest.Expired()),
		"forged":  pool.AccessToken(cognitotest.Groups(groups), scope, cognitotest.TamperedSignature()),
		"poor":    pool.AccessToken(cognitotest.Groups("guests"), scope),
	}}
}

// deniedHeader marks a request that must not reach the service.
const deniedHeader = "Soak-Denied"

// serve is the service behind the proxies. It gets allowed requests only, and never the identity
// that the client wrote itself.
func (s *stage) serve(w http.ResponseWriter, r *http.Request) {
	subject := r.Header.Get("X-Auth-Subject")
	if r.Header.Get(deniedHeader) != "" || subject != "" && subject != cognitotest.Subject {
		s.counts.wrongAllows.Add(1)
		s.note("the service got %s with the subject %q", r.URL, subject)
	}
	w.WriteHeader(http.StatusNoContent)
}

// A verdict is what an answer is.
type verdict int

const (
	right verdict = iota
	wrongAllow
	wrongDenial
	serverError
	statedDenial
	statedFailure
)

// An outcome is what came of a request, and what was known when it was sent.
type outcome struct {
	status    int // 0 without an answer
	code      string
	accepted  bool // a token with the same keys was, before the request was sent
	restarted bool // the proxy stopped or started meanwhile
}

func (k *kind) judge(o outcome) verdict {
	isAllowed := o.status/100 == 2
	switch {
	case isAllowed && !k.allowed:
		return wrongAllow
	case isAllowed:
		return right
	case o.status == 0 || o.status >= http.StatusInternalServerError:
		if o.restarted {
			return statedFailure
		}
		return serverError
	case !k.allowed && slices.Contains([]int{http.StatusUnauthorized, http.StatusForbidden, http.StatusBadRequest}, o.status):
		return right
	case k.name != "" && o.code == "key_not_found" && !o.accepted:
		return statedDenial
	}
	return wrongDenial
}
