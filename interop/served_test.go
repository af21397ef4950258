package interop

import (
	"context"
	"encoding/json"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/userpool"
)

const (
	region   = "us-east-1"
	poolID   = region + "_Interop01"
	password = "Passw0rd!"

	// The app clients of every served pool.
	webClient      = "web"     // public
	backendClient  = "backend" // with a secret
	backendSecret  = "backend-secret"
	rotatingClient = "rotating" // public, with refresh token rotation
	rotationGrace  = 10 * time.Second
	machineClient  = "machine"
	machineSecret  = "machine-secret"

	apiURL     = "https://orders.example.com"
	signOutURL = "http://localhost:3000/"
)

var allClients = []string{webClient, backendClient, rotatingClient, machineClient}

// A served pool is a user pool on loopback, in this process or, by serveCommand, in
// another. Stage is the door for programs that need more than clients have: see
// stageDoor.
type served struct {
	pool *userpool.Server // nil where another process has it
	URL  string
	// Issuer is what tokens say. Its keys are at URL.
	Issuer string
	Stage  string
	mail   *mailbox
	client *http.Client // trusts the pool's certificate
}

// servedOptions are what clients need of a pool. Zero is a pool with the issuer of
// Amazon.
type servedOptions struct {
	issuer    userpool.IssuerForm // "" is IssuerOriginal
	callbacks []string
	signOuts  []string
}

func serve(t *testing.T, o servedOptions) *served {
	t.Helper()
	s := &served{mail: &mailbox{boxes: map[string]chan string{}}, client: http.DefaultClient}
	server := httptest.NewUnstartedServer(nil)
	t.Cleanup(server.Close)
	s.URL = "http://" + server.Listener.Addr().String()
	pool := interopPool(o)
	form := o.issuer
	if form == "" {
		form = userpool.IssuerOriginal
	}
	var err error
	s.pool, err = userpool.New(userpool.Config{
		PublicURL: s.URL, Pools: []userpool.Pool{pool}, IssuerForm: form, Deliver: s.mail.deliver,
	})
	if err != nil {
		t.Fatal(err)
	}
	server.Config.Handler = s.pool
	server.Config.ErrorLog = log.New(t.Output(), "", 0)
	server.Start()
	s.Issuer = issuerOf(t, s.pool)
	stage := httptest.NewServer(s.stageDoor())
	t.Cleanup(stage.Close)
	s.Stage = stage.URL
	return s
}

// issuerOf returns what the tokens of the server's only pool have in iss.
func issuerOf(t *testing.T, server *userpool.Server) string {
	t.Helper()
	pools, err := server.Pools(t.Context())
	if err != nil || len(pools) != 1 {
		t.Fatalf("got %v, %v, want one pool", pools, err)
	}
	return pools[0].Issuer
}

func interopPool(o servedOptions) userpool.Pool {
	scopes := []string{"openid", "email", "phone", "profile", "aws.cognito.signin.user.admin", "orders/read", "orders/write"}
	flows := []string{
		"ALLOW_USER_SRP_AUTH", "ALLOW_USER_PASSWORD_AUTH", "ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_USER_AUTH", "ALLOW_REFRESH_TOKEN_AUTH",
	}
	callbacks, signOuts := append([]string{callback}, o.callbacks...), append([]string{signOutURL}, o.signOuts...)
	client := func(id string, secret userpool.Secret) userpool.Client {
		return userpool.Client{
			ID: id, Secret: secret, Flows: []userpool.Flow{userpool.FlowCode}, Scopes: scopes, AuthFlows: flows,
			CallbackURLs: callbacks, SignOutURLs: signOuts,
		}
	}
	rotating := client(rotatingClient, "")
	// As in Cognito, rotation excludes the flow REFRESH_TOKEN_AUTH.
	rotating.AuthFlows = flows[:len(flows)-1]
	rotating.RefreshRotation = userpool.RefreshRotation{Enabled: true, Grace: rotationGrace}
	user := func(name, group string) userpool.User {
		return userpool.User{
			Username: name, Password: password, Groups: []string{group},
			Attributes: map[string]string{"email": name + "@example.com", "email_verified": "true", "name": "Anaya Rao"},
		}
	}
	return userpool.Pool{
		ID: poolID,
		Clients: []userpool.Client{client(webClient, ""), client(backendClient, backendSecret), rotating, {
			ID: machineClient, Secret: machineSecret, Flows: []userpool.Flow{userpool.FlowClientCredentials},
			Scopes: []string{"orders/read", "orders/write"},
		}},
		Users:                  []userpool.User{user("anaya", "staff"), user("admin", "admins")},
		ResourceServers:        []userpool.ResourceServer{{Identifier: "orders", Scopes: []string{"read", "write"}}},
		AutoVerifiedAttributes: []string{"email"},
		MFA:                    "OPTIONAL",
	}
}

// A mailbox keeps what the pool sends, by user name.
type mailbox struct {
	mu    sync.Mutex
	boxes map[string]chan string
}

func (m *mailbox) box(username string) chan string {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.boxes[username] == nil {
		m.boxes[username] = make(chan string, 100)
	}
	return m.boxes[username]
}

func (m *mailbox) deliver(_ context.Context, message userpool.Message) {
	m.box(message.Username) <- string(message.Code)
}

// take returns the oldest code for a user that nobody took yet, and waits for it.
func (m *mailbox) take(ctx context.Context, username string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	select {
	case code := <-m.box(username):
		return code, nil
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// stageDoor serves what programs need that are clients of the pool, and a client of
// Cognito has elsewhere: its user's mail, time that passes, keys that are replaced.
func (s *served) stageDoor() http.Handler {
	mux := http.NewServeMux()
	// Key sets too: verifiers need no certificate here.
	mux.Handle("GET /"+poolID+"/.well-known/", s.pool)
	mux.HandleFunc("GET /mail/{username}", func(w http.ResponseWriter, r *http.Request) {
		code, err := s.mail.take(r.Context(), r.PathValue("username"))
		if err != nil {
			http.Error(w, "no mail: "+err.Error(), http.StatusNotFound)
			return
		}
		_ = json.NewEncoder(w).Encode(code)
	})
	mux.HandleFunc("POST /clock/{offset}", func(w http.ResponseWriter, r *http.Request) {
		offset, err := time.ParseDuration(r.PathValue("offset"))
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		s.pool.SetClockOffset(offset)
	})
	mux.HandleFunc("POST /keys", func(w http.ResponseWriter, r *http.Request) {
		if err := s.pool.RotateKeys(r.Context(), poolID, time.Hour); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
		}
	})
	return mux
}

// isLocal says whether the issuer is the pool's own address.
func (s *served) isLocal() bool { return strings.HasPrefix(s.Issuer, s.URL) }

// askAWS has aws-jwt-verify judge all jobs with the pool's keys.
func (s *served) askAWS(t *testing.T, jobs []job) []verdict {
	t.Helper()
	return askAWS(t, s.Stage, jobs)
}

// verifier returns this project's verifier for the pool.
func (s *served) verifier(t *testing.T) *cognito.Verifier {
	t.Helper()
	pool := cognito.UserPool{ID: poolID, ClientIDs: allClients, Audiences: []string{apiURL}}
	client := &http.Client{}
	if s.isLocal() {
		pool.Issuer = s.Issuer
	} else {
		client.Transport = amazonAt{s.Stage}
	}
	verifier, err := cognito.New(cognito.Config{UserPools: []cognito.UserPool{pool}, HTTPClient: client})
	if err != nil {
		t.Fatal(err)
	}
	return verifier
}
