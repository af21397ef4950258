package callback_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/poolguard/poolguard/internal/terminalauth/callback"
)

// freePort returns a port that no program listens on, most likely for some time.
func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

func listen(t *testing.T) (r *callback.Receiver, address string) {
	t.Helper()
	port := freePort(t)
	r, err := callback.Listen(t.Context(), port)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	return r, "http://localhost:" + strconv.Itoa(port)
}

var client = &http.Client{
	Transport:     &http.Transport{DisableKeepAlives: true},
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

func ask(t *testing.T, method, address, host string) (status int, header http.Header, body string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, address, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	r.Host = host
	response, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, response.Header, string(text)
}

// Only a callback ends the waiting, no other request.
func TestCallbackEndsTheWaiting(t *testing.T) {
	t.Parallel()
	r, address := listen(t)
	var asked []string
	ended := make(chan error, 1)
	go func() {
		ended <- r.Wait(t.Context(), func(_ context.Context, u *url.URL) callback.Outcome {
			asked = append(asked, u.RawQuery)
			switch u.Query().Get("state") {
			case "good":
				return callback.Outcome{Done: true, User: "anaya <b>\u202e"}
			case "other":
				return callback.Outcome{}
			}
			return callback.Outcome{Refusal: "the <b>state</b> is not good"}
		})
	}()
	port := strings.TrimPrefix(address, "http://localhost:")
	for _, no := range []struct {
		method, path, host string
		status             int
	}{
		{"GET", "/", "", 404},
		{"GET", "/favicon.ico", "", 404},
		{"GET", "/callback/", "", 404},
		{"GET", "//callback?state=good", "", 404},
		{"POST", "/callback?state=good", "", 405},
		{"HEAD", "/callback?state=good", "", 405},
		{"GET", "/callback?state=good", "rebound.example.com:" + port, 421},
		{"GET", "/callback?state=good", "127.0.0.1:" + port, 421},
		{"GET", "/callback?state=good", "localhost", 421},
		{"GET", "/callback?state=other&code=secret", "", 400},
		{"GET", "/callback?state=bad&code=secret", "", 400},
	} {
		status, header, body := ask(t, no.method, address+no.path, no.host)
		if status != no.status || strings.Contains(body, "secret") || strings.Contains(body, "<b>") {
			t.Errorf("%+v: %d\n%s", no, status, body)
		}
		inspect(t, header)
	}
	status, header, body := ask(t, "GET", strings.Replace(address, "localhost", "127.0.0.1", 1)+"/callback?state=good&code=secret", "LOCALHOST:"+port)
	if status != 200 || !strings.Contains(body, `<h1>Signed in as anaya &lt;b&gt;\u{202e}</h1>`) || strings.Contains(body, "secret") {
		t.Errorf("%d\n%s", status, body)
	}
	inspect(t, header)
	if err := <-ended; err != nil || len(asked) != 3 {
		t.Errorf("%v, judged %q", err, asked)
	}
	if response, err := client.Get(address + "/callback?state=good"); err == nil {
		response.Body.Close()
		t.Error("it still listens")
	}
}

func inspect(t *testing.T, header http.Header) {
	t.Helper()
	for name, want := range map[string]string{
		"Referrer-Policy": "no-referrer", "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Content-Type": "text/html; charset=utf-8",
	} {
		if got := header.Get(name); got != want {
			t.Errorf("%s: %q", name, got)
		}
	}
	if p := header.Get("Content-Security-Policy"); !strings.HasPrefix(p, "default-src 'none'; style-src 'sha256-") {
		t.Errorf("policy %q", p)
	}
}

// Of several callbacks at once, one runs at a time, and one ends the waiting.
func TestCallbacksRunOneAtATime(t *testing.T) {
	t.Parallel()
	r, address := listen(t)
	judged := 0
	ended := make(chan error, 1)
	go func() {
		ended <- r.Wait(t.Context(), func(context.Context, *url.URL) callback.Outcome {
			judged++ // the race detector sees whether it is alone
			return callback.Outcome{Done: true}
		})
	}()
	var all sync.WaitGroup
	for range 10 {
		all.Go(func() {
			if response, err := client.Get(address + "/callback?x"); err == nil {
				response.Body.Close()
			}
		})
	}
	all.Wait()
	if err := <-ended; err != nil || judged != 1 {
		t.Errorf("%v, judged %d", err, judged)
	}
}

func TestWaitEndsWithItsContext(t *testing.T) {
	t.Parallel()
	r, _ := listen(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := r.Wait(ctx, nil); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// A port that is taken on one address of the machine is enough to fail, because the
// browser could go there.
func TestTakenPortIsReported(t *testing.T) {
	t.Parallel()
	for _, host := range []string{"127.0.0.1", "[::1]"} {
		l, err := net.Listen("tcp", host+":0")
		if err != nil {
			t.Log(err) // no IPv6
			continue
		}
		t.Cleanup(func() { _ = l.Close() })
		if r, err := callback.Listen(t.Context(), l.Addr().(*net.TCPAddr).Port); !errors.Is(err, callback.ErrPortTaken) {
			t.Errorf("%s: %v, %v", host, r, err)
		}
	}
}
