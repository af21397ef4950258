package gateway_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
)

// A keyServer serves the key set of the pool at another address, as long as it is open.
type keyServer struct {
	*httptest.Server
	open  atomic.Bool
	asked atomic.Int64
	hold  chan struct{} // if it is not nil, answers wait until it is closed
}

func (s *stage) keyServer() *keyServer {
	s.t.Helper()
	k := &keyServer{}
	keys := s.issuer.Handler()
	k.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		k.asked.Add(1)
		if k.hold != nil {
			<-k.hold
		}
		if !k.open.Load() {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		keys.ServeHTTP(w, r)
	}))
	s.t.Cleanup(k.Close)
	return k
}

// config returns a configuration whose key set is there.
func (k *keyServer) config(text string) string {
	return strings.Replace(text, "id: us-east-1_Test00001,", "id: us-east-1_Test00001, key_set: \""+k.URL+"/us-east-1_Test00001/.well-known/jwks.json\",", 1)
}

func TestReloadRefusedForMissingKeysIsTriedAgain(t *testing.T) {
	t.Parallel()
	s := newStage(t, orders).run()
	s.awaitReady()
	keys := s.keyServer()
	s.write(keys.config(strings.Replace(orders, "/healthz", "/alive", 1)))
	s.awaitLog("the keys of a user pool are unavailable")
	keys.open.Store(true) // no file changes
	s.awaitLog("the changed configuration is used")
	if status, _ := s.ask("/alive", ""); status != http.StatusNoContent {
		t.Errorf("got %d", status)
	}
}

func TestFilesOfARefusedConfigurationAreWatched(t *testing.T) {
	t.Parallel()
	s := newStage(t, orders).run()
	s.awaitReady()
	secret := filepath.Join(t.TempDir(), "secret") // in a folder that no other file is in
	s.write(orders + "\nintrospection: {clients: [{id: billing, secret: {file: " + secret + "}}]}\n")
	s.awaitLog("is not used")
	if err := os.WriteFile(secret, []byte("0123456789abcdef"), 0o600); err != nil {
		t.Fatal(err)
	}
	s.awaitLog("the changed configuration is used")
}

// The file changed before it was watched, and what it names is missing.
func TestFilesOfAConfigurationRefusedAtTheStartAreWatched(t *testing.T) {
	t.Parallel()
	secret := filepath.Join(t.TempDir(), "secret")
	s := newStage(t, orders)
	s.beforeRun = func() {
		s.write(orders + "\nintrospection: {clients: [{id: billing, secret: {file: " + secret + "}}]}\n")
	}
	s.run().awaitLog("is not used")
	if err := os.WriteFile(secret, []byte("0123456789abcdef"), 0o600); err != nil {
		t.Fatal(err)
	}
	s.awaitLog("the changed configuration is used")
}

// A reload before the gateway is ready does not wait for keys, so those of the former
// configuration must not make it ready.
func TestReadinessIsOfTheKeysInUse(t *testing.T) {
	t.Parallel()
	s := newStage(t, orders)
	first, second := s.keyServer(), s.keyServer()
	first.hold = make(chan struct{})
	first.open.Store(true)
	s.write(first.config(orders))
	s.run()
	s.await("a fetch", func() bool { return first.asked.Load() > 0 })
	s.write(second.config(orders))
	s.awaitLog("the changed configuration is used")
	close(first.hold)
	s.await("a fetch of the new keys", func() bool { return second.asked.Load() > 0 })
	if status, _ := s.ops("/readyz"); status != http.StatusServiceUnavailable {
		t.Errorf("without the keys in use: got %d", status)
	}
	second.open.Store(true)
	s.awaitReady()
}
