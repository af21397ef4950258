package oauth_test

import (
	"bufio"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/oauth2"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/cognitotest"
	"github.com/poolguard/poolguard/cognito/oauth"
)

// serveRaw answers each connection's first request with these bytes, and closes it
// unless it is to stay open. It returns where.
func serveRaw(t *testing.T, answer func(*http.Request) string, stay bool) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	over, stop := context.WithCancel(context.Background())
	var all sync.WaitGroup
	t.Cleanup(func() {
		stop()
		_ = listener.Close()
		all.Wait()
	})
	all.Go(func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			all.Go(func() {
				defer connection.Close()
				r, err := http.ReadRequest(bufio.NewReader(connection))
				if err != nil {
					return
				}
				_ = r.ParseForm()
				_, _ = io.WriteString(connection, answer(r))
				if stay {
					<-over.Done()
				}
			})
		}
	})
	return "http://" + listener.Addr().String()
}

// TestUpgrade has a server answer with the connection itself, which ends by no context.
func TestUpgrade(t *testing.T) {
	t.Parallel()
	address := serveRaw(t, func(*http.Request) string {
		return "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n"
	}, true)
	client := newPool().client(t, func(c *oauth.Config) { c.App.Domain, c.App.HTTPClient = address, nil })
	e := wantCode(t, client.Revoke(t.Context(), oldRefresh), oauth.ErrResponseInvalid)
	if e.Status() != http.StatusSwitchingProtocols {
		t.Error(e)
	}
}

// TestEchoes has servers send back what was to be kept secret, in answers and in what is
// none.
func TestEchoes(t *testing.T) {
	t.Parallel()
	const secret = "the-secret+/~"
	for name, answer := range map[string]func(*http.Request) string{
		"name": func(r *http.Request) string {
			return `{"error":"` + r.PostForm.Get("refresh_token") + `","error_description":"` + r.Header.Get("Authorization") + `"}`
		},
		"description": func(r *http.Request) string {
			_, password, _ := r.BasicAuth()
			plain, _ := url.QueryUnescape(password)
			return `{"error":"invalid_grant","error_description":"` + strings.Repeat("x", 250) + r.PostForm.Encode() + password + plain + `"}`
		},
		"password": func(r *http.Request) string {
			_, password, _ := r.BasicAuth()
			return `{"error":"invalid_grant","error_description":"` + password + `"}`
		},
		"decoded password": func(r *http.Request) string {
			_, password, _ := r.BasicAuth()
			plain, _ := url.QueryUnescape(password)
			return `{"error":"invalid_grant","error_description":"` + plain + `"}`
		},
		"header": func(r *http.Request) string { return "X-Echo " + r.Header.Get("Authorization") + "\x1b[31m\r\n" },
		"length": func(r *http.Request) string { return "Content-Length: " + r.PostForm.Encode() + "\r\n" },
		"a part": func(r *http.Request) string {
			return "Content-Length: " + r.PostForm.Get("refresh_token")[:14] + "\r\n"
		},
		"place": func(r *http.Request) string { return "Location: http://[::1%zz" + r.PostForm.Encode() + "\r\n" },
	} {
		address := serveRaw(t, func(r *http.Request) string {
			if body := answer(r); strings.HasPrefix(body, "{") {
				return fmt.Sprintf("HTTP/1.1 400 no\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
			}
			return "HTTP/1.1 302 no\r\nConnection: close\r\n" + answer(r) + "\r\n"
		}, false)
		client := newPool().client(t, func(c *oauth.Config) {
			c.App.Domain, c.App.HTTPClient, c.App.ClientSecret = address, nil, secret
		})
		_, err := client.Refresh(t.Context(), "aaaaaaaaaaaaaaaaaaaaaaaaaaaa.+/", cognitotest.Subject)
		basic := base64.StdEncoding.EncodeToString([]byte(cognitotest.ClientID + ":" + url.QueryEscape(secret)))
		for _, s := range []string{"the-secret", "aaaa", basic[:30], "\x1b"} {
			if err == nil || strings.Contains(err.Error(), s) || len(err.Error()) > 600 {
				t.Errorf("%s: %q shows %q", name, err, s)
			}
		}
		if name == "place" {
			wantCode(t, err, oauth.ErrResponseInvalid)
		}
	}
}

// TestForeignAnswer has a transport that is an OAuth client of its own, for a proxy say:
// what is refused to it is not refused to us.
func TestForeignAnswer(t *testing.T) {
	t.Parallel()
	other := newPool()
	other.answer = func(*http.Request, url.Values) (*http.Response, error) {
		return respondJSON(http.StatusBadRequest, map[string]string{"error": "invalid_grant"}), nil
	}
	ctx := context.WithValue(t.Context(), oauth2.HTTPClient, &http.Client{Transport: other})
	theirs := (&oauth2.Config{Endpoint: oauth2.Endpoint{TokenURL: domain}}).TokenSource(ctx, &oauth2.Token{RefreshToken: "x"})
	for name, source := range map[string]oauth2.TokenSource{"x/oauth2": theirs, "this": other.machine(t, 0)} {
		client := newPool().client(t, func(c *oauth.Config) { c.App.HTTPClient = &http.Client{Transport: &oauth2.Transport{Source: source}} })
		_, err := client.Refresh(t.Context(), oldRefresh, cognitotest.Subject)
		if wantCode(t, err, oauth.ErrUnavailable); t.Failed() {
			t.Log(name)
		}
	}
}

// TestClientsShowNoSecrets prints what holds secrets in fields that fmt reads without
// asking.
func TestClientsShowNoSecrets(t *testing.T) {
	t.Parallel()
	p := newPool()
	p.machines(0)
	client := p.client(t, func(c *oauth.Config) { c.App.ClientSecret = "the-secret" })
	source := p.machine(t, 0)
	wantToken(t, source, "token-1")
	for _, v := range []any{client, source, struct{ V any }{client}, (*oauth.Client)(nil), (*oauth.ClientCredentialsSource)(nil)} {
		s := fmt.Sprintf("%v %+v %#v %s %x", v, v, v, v, v)
		for _, secret := range []string{"the-secret", "token-1", "7468652d", "746f6b65"} {
			if strings.Contains(s, secret) {
				t.Errorf("%T shows %s", v, secret)
			}
		}
	}
	for want, v := range map[string]any{"no oauth.Client": (*oauth.Client)(nil), "no oauth.ClientCredentialsSource": (*oauth.ClientCredentialsSource)(nil)} {
		if s := fmt.Sprint(v); s != want {
			t.Errorf("a nil %T is shown as %q, want %q", v, s, want)
		}
	}
	if s := fmt.Sprint(client); !strings.Contains(s, cognitotest.ClientID) || !strings.Contains(s, domain) {
		t.Error(s)
	}
}

// TestZeroValuesDeny uses what no constructor made.
func TestZeroValuesDeny(t *testing.T) {
	t.Parallel()
	var made visit
	{
		client := newPool().client(t)
		made = start(t, client, oauth.StartOptions{})
	}
	for _, client := range []*oauth.Client{nil, {}} {
		for _, err := range []error{
			second(client.Start(oauth.StartOptions{})), second(client.Finish(t.Context(), made.Flow, made.back())), second(client.LogoutURL("https://app.example.com")),
			second(client.Refresh(t.Context(), oldRefresh, "x")), second(client.UserInfo(t.Context(), "x")), client.Revoke(t.Context(), oldRefresh),
		} {
			wantCode(t, err, oauth.ErrInvalidRequest)
		}
	}
	for _, source := range []*oauth.ClientCredentialsSource{nil, {}} {
		wantCode(t, second(source.Token()), oauth.ErrInvalidRequest)
	}
}

// A notebook is a Ledger that notes what it is asked.
type notebook struct {
	asked []time.Time
	err   error
}

func (n *notebook) Spend(_ context.Context, _ string, expires time.Time) (bool, error) {
	n.asked = append(n.asked, expires)
	return true, n.err
}

// TestLedgerIsAskedForCodesOnly has callbacks that cost no request cost no memory: a
// stranger could else fill the ledger and keep everybody from signing in.
func TestLedgerIsAskedForCodesOnly(t *testing.T) {
	t.Parallel()
	p := newPool()
	ledger := &notebook{}
	client := p.client(t, func(c *oauth.Config) { c.Ledger = ledger })
	v := start(t, client, oauth.StartOptions{})
	_, err := client.Finish(t.Context(), v.Flow, v.back("code", "", "error", "access_denied"))
	wantCode(t, err, oauth.ErrAccessDenied)
	_, err = client.Finish(t.Context(), v.Flow, v.back("iss", "https://evil.example.com"))
	if wantCode(t, err, oauth.ErrIssuerMismatch); len(ledger.asked) != 0 {
		t.Error("a callback without a request was noted")
	}
	ledger.err = fmt.Errorf("no answer: %w", context.DeadlineExceeded)
	_, err = client.Finish(t.Context(), v.Flow, v.back())
	if wantCode(t, err, oauth.ErrUnavailable); errors.Is(err, context.DeadlineExceeded) || p.count() != 0 {
		t.Errorf("%v, %d requests", err, p.count())
	}
	for _, other := range []error{context.Canceled, io.ErrUnexpectedEOF} {
		ledger.err = other
		_, err = client.Finish(t.Context(), v.Flow, v.back())
		if wantCode(t, err, oauth.ErrUnavailable); errors.Is(err, other) != (other == io.ErrUnexpectedEOF) {
			t.Errorf("%v: only errors of contexts are hidden", err)
		}
	}
	// A ledger whose clock is ahead must not forget the flow while it is good here.
	if len(ledger.asked) != 3 || ledger.asked[0].Before(v.ExpiresAt.Add(time.Minute)) {
		t.Error(ledger.asked, v.ExpiresAt)
	}
}

// TestClockSetBack has a flow that is over become good again, as the clock says.
func TestClockSetBack(t *testing.T) {
	t.Parallel()
	p := newPool()
	client := p.client(t)
	v := start(t, client, oauth.StartOptions{})
	denied := v.back("code", "", "error", "access_denied")
	p.Clock().Set(v.ExpiresAt.Add(-oauth.DefaultFlowLifetime - time.Minute)) // another process began it, whose clock is ahead
	_, err := client.Finish(t.Context(), v.Flow, denied)
	wantCode(t, err, oauth.ErrAccessDenied)
	p.Clock().Advance(-1)
	_, err = client.Finish(t.Context(), v.Flow, denied)
	wantCode(t, err, oauth.ErrFlowInvalid)
	p.Clock().Advance(-time.Hour)
	_, err = client.Finish(t.Context(), v.Flow, denied)
	wantCode(t, err, oauth.ErrFlowInvalid)
}

// TestFlowHasOneSpelling changes the bits of a flow that carry nothing.
func TestFlowHasOneSpelling(t *testing.T) {
	t.Parallel()
	client := newPool().client(t)
	v := start(t, client, oauth.StartOptions{Keep: "x"})
	last := v.Flow[len(v.Flow)-1]
	spellings := 0
	for _, c := range "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_" {
		_, err := client.Finish(t.Context(), v.Flow[:len(v.Flow)-1]+oauth.Flow(c), v.back("code", "", "error", "access_denied"))
		if errors.Is(err, oauth.ErrAccessDenied) {
			if spellings++; c != rune(last) {
				t.Errorf("ends with %q as with %q", c, last)
			}
		}
	}
	if spellings != 1 {
		t.Error(spellings)
	}
}

// TestSlowKeys has the key set not come: a time-out of ours is not the caller's, and
// bounds every step.
func TestSlowKeys(t *testing.T) {
	t.Parallel()
	p := newPool()
	p.Pool().ServeKeySet(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	client := p.client(t, func(c *oauth.Config) { c.App.Timeout = 50 * time.Millisecond })
	raw := oauth.Secret(p.Pool().AccessToken())
	for name, call := range map[string]func(context.Context) error{
		"finish": func(ctx context.Context) error {
			v := start(t, client, oauth.StartOptions{})
			tokens := p.tokens(v.sent.Get("nonce"))
			p.answer = func(*http.Request, url.Values) (*http.Response, error) {
				return respondJSON(http.StatusOK, tokens), nil
			}
			return second(client.Finish(ctx, v.Flow, v.back()))
		},
		"refresh": func(ctx context.Context) error {
			p.refreshes(t, false, 0)
			return second(client.Refresh(ctx, oldRefresh, cognitotest.Subject))
		},
		"userInfo": func(ctx context.Context) error { return second(client.UserInfo(ctx, raw)) },
	} {
		err := call(t.Context())
		wantCode(t, err, oauth.ErrUnavailable, string(raw))
		if errors.Is(err, context.DeadlineExceeded) || cognito.CodeOf(err) != cognito.ErrKeysUnavailable {
			t.Errorf("%s: %v", name, err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		err = call(ctx)
		cancel()
		if wantCode(t, err, oauth.ErrUnavailable); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
