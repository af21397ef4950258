package poolserve

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/poolguard/poolguard/internal/linequeue"
	"github.com/poolguard/poolguard/internal/terminal"
	"github.com/poolguard/poolguard/userpool"
)

// A pipe is one that no program reads until it is opened.
type pipe struct {
	open    chan struct{}
	written bytes.Buffer
}

func (p *pipe) Write(text []byte) (int, error) {
	<-p.open
	return p.written.Write(text)
}

// Attack: an output and a log that no program reads (serve 2>&1 into a full pipe), and
// requests that send codes and write log lines.
func TestFullOutputsDoNotHoldRequests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		output, errors := pipe{open: make(chan struct{})}, pipe{open: make(chan struct{})}
		log, lines := linequeue.NewLogger(&errors)
		codes := newPostbox(terminal.Style{}, log, func(text []byte) error {
			_, err := output.Write(text)
			return err
		})
		server, err := userpool.New(userpool.Config{PublicURL: "http://pool.test", Deliver: codes.deliver, Logger: log})
		if err != nil {
			t.Fatal(err)
		}
		call := func(action, body string) {
			r := httptest.NewRequest(http.MethodPost, "http://pool.test/", strings.NewReader(body))
			r.Header.Set("Content-Type", "application/x-amz-json-1.1")
			r.Header.Set("X-Amz-Target", "AWSCognitoIdentityProviderService."+action)
			w := httptest.NewRecorder()
			server.ServeHTTP(w, r)
			if w.Code != http.StatusOK {
				t.Errorf("%s: %d %s", action, w.Code, w.Body)
			}
		}
		const many = 1100 // more than a queue has room for
		for n := range many {
			codes.deliver(t.Context(), userpool.Message{Username: fmt.Sprintf("user%d", n), Purpose: "confirm sign-up"})
			log.Info("signed in")
		}
		client := userpool.DefaultPool().Clients[0].ID
		call("ForgotPassword", fmt.Sprintf(`{"ClientId":%q,"Username":"anaya"}`, client))
		call("InitiateAuth", fmt.Sprintf(`{"ClientId":%q,"AuthFlow":"USER_PASSWORD_AUTH","AuthParameters":{"USERNAME":"anaya","PASSWORD":%q}}`,
			client, string(userpool.DefaultPool().Users[0].Password)))
		codes.flush() // it does not wait for ever
		close(output.open)
		close(errors.open)
		lines.Close()
		synctest.Wait()
		if n := strings.Count(output.written.String(), "\n"); n < 900 || n >= many {
			t.Errorf("%d of %d messages were written", n, many)
		}
		if got := errors.written.String(); !strings.Contains(got, "log lines are lost") {
			t.Errorf("lines were lost without a report:\n%s", got)
		}
	})
}

func TestLostCodesAreLogged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		output := pipe{open: make(chan struct{})}
		codes := newPostbox(terminal.Style{}, slog.New(slog.NewTextHandler(&log, nil)), func(text []byte) error {
			_, err := output.Write(text)
			return err
		})
		for range 1100 {
			codes.deliver(t.Context(), userpool.Message{Username: "anaya", Purpose: "confirm sign-up", Code: "123456"})
		}
		if !strings.Contains(log.String(), "a code is lost") || strings.Contains(log.String(), "123456") {
			t.Errorf("got the log\n%s", log.String())
		}
		close(output.open)
		codes.flush()
	})
}

func TestMessagesAreWrittenBeforeTheEnd(t *testing.T) {
	var written strings.Builder
	codes := newPostbox(terminal.Style{}, slog.New(slog.DiscardHandler), func(text []byte) error {
		written.Write(text)
		return nil
	})
	codes.deliver(t.Context(), userpool.Message{Username: "anaya", Code: "123456", Purpose: "reset password", Medium: "EMAIL", Destination: "a@example.com"})
	codes.flush()
	if want := "code for anaya to reset password: 123456 (by e-mail to a@example.com)\n"; written.String() != want {
		t.Errorf("got %q, want %q", written.String(), want)
	}
}

// Attack: the log of the whole server is a full pipe.
func TestRunAnswersWhileTheLogIsFull(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	url := "http://" + listener.Addr().String()
	ctx, stop := context.WithCancel(t.Context())
	full := pipe{open: make(chan struct{})}
	ended := make(chan error, 1)
	go func() {
		ended <- Run(ctx, Config{
			Pool:     userpool.Config{PublicURL: url, IssuerForm: userpool.IssuerLocal, Pools: []userpool.Pool{userpool.DefaultPool()}},
			Listener: listener, Command: "poolguard", Write: func([]byte) error { return nil }, Log: &full,
		})
	}()
	body := fmt.Sprintf(`{"ClientId":%q,"AuthFlow":"USER_PASSWORD_AUTH","AuthParameters":{"USERNAME":"anaya","PASSWORD":"wrong"}}`, userpool.DefaultPool().Clients[0].ID)
	for range 3 {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/x-amz-json-1.1")
		r.Header.Set("X-Amz-Target", "AWSCognitoIdentityProviderService.InitiateAuth")
		response, err := (&http.Client{Timeout: 20 * time.Second}).Do(r)
		if err != nil {
			t.Error(err)
			break
		}
		_ = response.Body.Close()
	}
	close(full.open)
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if full.written.Len() == 0 {
		t.Error("the sign-ins wrote no log")
	}
}
