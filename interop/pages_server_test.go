package interop

import (
	"context"
	"log"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/poolguard/poolguard/internal/inspector"
	"github.com/poolguard/poolguard/userpool"
)

const (
	strictClient = "vault" // of a pool that requires a second factor
	totpSecret   = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
)

// A site is a pool with the inspector, as poolguard userpool serve has it, and an
// application.
type site struct {
	*served
	app string // the application's origin
	log *journal

	mu    sync.Mutex
	codes []string // authorization codes that the application got
}

// A journal keeps the log of the server.
type journal struct {
	mu   sync.Mutex
	text strings.Builder
}

func (j *journal) Write(b []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(b)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.String()
}

func serveSite(t *testing.T) *site {
	t.Helper()
	return servePools(t, "127.0.0.1:0", sitePools)
}

// servePools serves pools at an address, for an application that it serves too.
func servePools(t *testing.T, address string, pools func(app string) []userpool.Pool) *site {
	t.Helper()
	s := &site{served: &served{mail: &mailbox{boxes: map[string]chan string{}}}, log: &journal{}}
	application := httptest.NewServer(http.HandlerFunc(s.serveApplication))
	t.Cleanup(application.Close)
	s.app = strings.Replace(application.URL, "127.0.0.1", "localhost", 1)

	listener, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(nil)
	_ = server.Listener.Close() // of an address that httptest chose
	server.Listener = listener
	t.Cleanup(server.Close)
	s.URL = "http://" + server.Listener.Addr().String()
	logger := slog.New(slog.NewTextHandler(s.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	page, err := inspector.New(inspector.Config{
		Logger: logger,
		Now:    func() time.Time { return s.pool.Now() },
		Pools: func(ctx context.Context) (pools []inspector.Pool, err error) {
			infos, err := s.pool.Pools(ctx)
			for _, info := range infos {
				pools = append(pools, inspector.Pool{
					ID: info.ID, Issuer: info.Issuer, ClientIDs: info.ClientIDs,
					KeySet: inspector.KeySetFrom(s.pool, "/"+info.ID+"/.well-known/jwks.json"),
				})
			}
			return pools, err
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	s.pool, err = userpool.New(userpool.Config{
		PublicURL: s.URL, Pools: pools(s.app), Deliver: s.mail.deliver, Inspector: page, Logger: logger,
	})
	if err != nil {
		t.Fatal(err)
	}
	server.Config.Handler = s.pool
	server.Config.ErrorLog = log.New(s.log, "", 0)
	server.Start()
	return s
}

func sitePools(app string) []userpool.Pool {
	client := func(id, name string, providers ...string) userpool.Client {
		return userpool.Client{
			ID: id, Name: name, Flows: []userpool.Flow{userpool.FlowCode}, Scopes: []string{"openid", "email", "profile", "orders/read"},
			CallbackURLs: []string{app + "/callback"}, SignOutURLs: []string{app + "/"}, Providers: providers,
		}
	}
	user := func(name string) userpool.User {
		return userpool.User{
			Username: name, Password: password, Groups: []string{"staff"},
			Attributes: map[string]string{"email": name + "@example.com", "email_verified": "true", "name": "Anaya Rao"},
		}
	}
	invited, careful := user("invited"), user("careful")
	invited.Temporary, careful.TOTPSecret = true, totpSecret
	orders := []userpool.ResourceServer{{Identifier: "orders", Scopes: []string{"read"}}}
	strict := client(strictClient, "Vault")
	return []userpool.Pool{{
		ID: poolID, Name: "Shop", Clients: []userpool.Client{client(webClient, "Orders", "COGNITO", "Google")},
		Users: []userpool.User{user("anaya"), user("forgetful"), invited, careful}, ResourceServers: orders,
		Providers:              []userpool.Provider{{Name: "Google", Type: "Google"}},
		AutoVerifiedAttributes: []string{"email"}, MFA: "OPTIONAL",
	}, {
		ID: region + "_Interop02", Clients: []userpool.Client{strict}, Users: []userpool.User{user("nils")},
		ResourceServers: orders, MFA: "ON",
	}}
}

func (s *site) serveApplication(w http.ResponseWriter, r *http.Request) {
	title := "Signed out"
	switch r.URL.Path {
	case "/callback":
		title = "Signed in"
		s.mu.Lock()
		s.codes = append(s.codes, r.URL.Query().Get("code"))
		s.mu.Unlock()
	case "/":
	default:
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write([]byte(`<!DOCTYPE html><html lang="en"><meta name="viewport" content="width=device-width"><title>` +
		title + `</title><h1>` + title + `</h1><script>window.scripts = true</script></html>`))
}

// takeCode returns the last authorization code, "" if there is none since.
func (s *site) takeCode() (code string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if n := len(s.codes); n > 0 {
		code, s.codes = s.codes[n-1], nil
	}
	return code
}

// tokens exchanges the application's authorization code.
func (s *site) tokens(t *testing.T) poolTokens {
	t.Helper()
	return redeem(t, s.URL, url.Values{
		"grant_type": {"authorization_code"}, "client_id": {webClient}, "redirect_uri": {s.app + "/callback"}, "code": {s.takeCode()},
	})
}

// authorize is the address of an authorization request of the application.
func (s *site) authorize(client string, pairs ...string) string {
	query := url.Values{
		"response_type": {"code"}, "client_id": {client}, "redirect_uri": {s.app + "/callback"}, "scope": {"openid email profile orders/read"},
	}
	for n := 0; n+1 < len(pairs); n += 2 {
		query.Set(pairs[n], pairs[n+1])
	}
	return s.URL + "/oauth2/authorize?" + query.Encode()
}
