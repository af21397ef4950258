package userpool_test

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/poolguard/poolguard/userpool"
)

// mailbox collects what the server would send.
type mailbox struct {
	mu       sync.Mutex
	messages []userpool.Message
}

func (m *mailbox) deliver(_ context.Context, message userpool.Message) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.messages = append(m.messages, message)
}

func (m *mailbox) last(t *testing.T) userpool.Message {
	t.Helper()
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.messages) == 0 {
		t.Fatal("nothing was sent")
	}
	return m.messages[len(m.messages)-1]
}

// TestPages goes once through what people do beside signing in; package authserver has
// the tests of each page.
func TestPages(t *testing.T) {
	t.Parallel()
	var mails mailbox
	f := serve(t, func(cfg *userpool.Config) {
		cfg.Deliver = mails.deliver
		cfg.Inspector = http.NotFoundHandler()
		p := &cfg.Pools[0]
		p.AutoVerifiedAttributes = []string{"email"}
		p.Providers = []userpool.Provider{{Name: "Google", Type: "Google"}}
		p.Clients[0].Providers = []string{"Google"}
	})
	b := newBrowser(t, f)
	response, home := b.get("/")
	checkPageHeaders(t, response, home)
	for _, want := range []string{f.url + "/" + poolID, "/inspect", "local-client"} {
		if !strings.Contains(home, want) {
			t.Errorf("the home page lacks %q", want)
		}
	}

	query := authorizeQuery().Encode()
	fill := func(page string, pairs ...string) (*http.Response, string) {
		action, fields := parseForm(t, page)
		return b.post(action, with(fields, pairs...))
	}
	_, page := b.get("/signup?" + query)
	_, page = fill(page, "username", "mona", "requiredAttributes[email]", "mona@example.com", "password", "Passw0rd!")
	if m := mails.last(t); m.Purpose != "confirm sign-up" || m.Destination != "mona@example.com" || m.ClientID != "local-client" {
		t.Errorf("sent %+v", m)
	}
	response, page = fill(page, "code", string(mails.last(t).Code))
	answer := f.token(t, codeForm(callbackQuery(t, response, page).Get("code")))
	if answer.status != http.StatusOK {
		t.Errorf("token endpoint: %d %s", answer.status, answer.raw)
	}

	_, page = b.get("/forgotPassword?" + query)
	_, page = fill(page, "username", "mona")
	_, page = fill(page, "code", string(mails.last(t).Code), "password", "N3wPassword!")
	response, page = fill(page, "username", "mona", "password", "N3wPassword!")
	callbackQuery(t, response, page)

	b = newBrowser(t, f)
	response, _ = b.get("/oauth2/authorize?" + authorizeQuery("identity_provider", "Google").Encode())
	_, page = b.get(response.Header.Get("Location"))
	response, page = fill(page, "user_id", "1234", "email", "gina@example.com")
	answer = f.token(t, codeForm(callbackQuery(t, response, page).Get("code")))
	if answer.status != http.StatusOK {
		t.Errorf("token endpoint: %d %s", answer.status, answer.raw)
	}
}
