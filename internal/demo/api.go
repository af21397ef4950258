package demo

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/bearer"
)

// An order is the only kind of data of the API.
type order struct {
	Number int    `json:"number"`
	Item   string `json:"item"`
	By     string `json:"by"`
}

// caller is the API's answer about the client that calls it.
type caller struct {
	Subject   string    `json:"subject"`
	Username  string    `json:"username,omitempty"`
	Client    string    `json:"client"`
	Machine   bool      `json:"machine"`
	Groups    []string  `json:"groups"`
	Scopes    []string  `json:"scopes"`
	ExpiresAt time.Time `json:"expires_at"`
}

// maxOrders bounds the orders in memory, since the demo can run for days.
const maxOrders = 50

// An api is a service that accepts access tokens of the demo's pool.
type api struct {
	mu     sync.Mutex // guards the fields below
	orders []order
	last   int // number
}

// newAPI returns the API's handler for /orders and /me. Every decision about access is
// in these lines.
func newAPI(verifier *cognito.Verifier) (http.Handler, error) {
	a := &api{orders: []order{{1, "a pot of tea", "anaya"}, {2, "two cups", "admin"}}, last: 2}
	quiet := slog.New(slog.DiscardHandler)
	anyToken, err := bearer.Middleware(bearer.Config{Verifier: verifier, Realm: "orders", Logger: quiet})
	if err != nil {
		return nil, err
	}
	toWrite, err := bearer.Middleware(bearer.Config{
		Verifier: verifier, Realm: "orders", Logger: quiet,
		Require: []cognito.Requirement{cognito.RequireScopes("orders/write")},
	})
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.Handle("GET /orders", anyToken(http.HandlerFunc(a.list)))
	mux.Handle("POST /orders", toWrite(http.HandlerFunc(a.add)))
	mux.Handle("GET /me", anyToken(http.HandlerFunc(me)))
	return mux, nil
}

func (a *api) list(w http.ResponseWriter, _ *http.Request) {
	a.mu.Lock()
	orders := slices.Clone(a.orders)
	a.mu.Unlock()
	writeJSON(w, http.StatusOK, map[string][]order{"orders": orders})
}

func (a *api) add(w http.ResponseWriter, r *http.Request) {
	token, _ := bearer.AccessToken(r.Context()) // the middleware put one there
	r.Body = http.MaxBytesReader(w, r.Body, 4<<10)
	item := r.PostFormValue("item")
	if item == "" || len(item) > 100 {
		writeJSON(w, http.StatusBadRequest, map[string]string{"message": "send item=… with 1 to 100 bytes, as a form"})
		return
	}
	by := token.Username()
	if token.IsMachine() {
		by = token.ClientID()
	}
	a.mu.Lock()
	a.last++
	added := order{a.last, item, by}
	a.orders = append(a.orders, added)
	if len(a.orders) > maxOrders {
		a.orders = slices.Clone(a.orders[len(a.orders)-maxOrders:])
	}
	a.mu.Unlock()
	writeJSON(w, http.StatusCreated, added)
}

func me(w http.ResponseWriter, r *http.Request) {
	token, _ := bearer.AccessToken(r.Context())
	writeJSON(w, http.StatusOK, caller{
		Subject:   token.Subject(),
		Username:  token.Username(),
		Client:    token.ClientID(),
		Machine:   token.IsMachine(),
		Groups:    token.Groups().Slice(),
		Scopes:    token.Scopes().Slice(),
		ExpiresAt: token.ExpiresAt(),
	})
}

func writeJSON(w http.ResponseWriter, status int, value any) {
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(value) // it can be encoded; a failed write means that the client has closed the connection
}
