package poolserve

import (
	"bytes"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/poolguard/poolguard/internal/terminal"
	"github.com/poolguard/poolguard/userpool"
)

// Attack: an output that no program reads, and requests that send codes to it.
func TestFullOutputDoesNotHoldRequests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		codes := newPostbox(terminal.Style{}, slog.New(slog.NewTextHandler(&log, nil)))
		full := make(chan struct{})
		var written strings.Builder
		go codes.run(func(text []byte) error {
			<-full
			written.Write(text)
			return nil
		})
		server, err := userpool.New(userpool.Config{PublicURL: "http://pool.test", Deliver: codes.deliver})
		if err != nil {
			t.Fatal(err)
		}
		answered := make(chan int, 1)
		go func() {
			r := httptest.NewRequest(http.MethodPost, "http://pool.test/", strings.NewReader(fmt.Sprintf(`{"ClientId":%q,"Username":"anaya"}`, userpool.DefaultPool().Clients[0].ID)))
			r.Header.Set("Content-Type", "application/x-amz-json-1.1")
			r.Header.Set("X-Amz-Target", "AWSCognitoIdentityProviderService.ForgotPassword")
			w := httptest.NewRecorder()
			server.ServeHTTP(w, r)
			answered <- w.Code
		}()
		for n := range maxWaiting + 10 {
			codes.deliver(t.Context(), userpool.Message{Username: fmt.Sprintf("user%d", n), Purpose: "confirm sign-up"})
		}
		if status := <-answered; status != http.StatusOK {
			t.Errorf("ForgotPassword: %d", status)
		}
		if !strings.Contains(log.String(), "a code is lost") {
			t.Error("a message was lost without a line in the log")
		}
		codes.flush() // it does not wait for ever
		close(full)
		<-codes.done
		if n := strings.Count(written.String(), "\n"); n < maxWaiting || n > maxWaiting+1 {
			t.Errorf("%d of %d messages that waited were written", n, maxWaiting)
		}
	})
}

func TestMessagesAreWrittenBeforeTheEnd(t *testing.T) {
	codes := newPostbox(terminal.Style{}, slog.New(slog.DiscardHandler))
	var written strings.Builder
	codes.deliver(t.Context(), userpool.Message{Username: "anaya", Code: "123456", Purpose: "reset password", Medium: "EMAIL", Destination: "a@example.com"})
	go codes.run(func(text []byte) error {
		written.Write(text)
		return nil
	})
	codes.flush()
	<-codes.done
	if want := "code for anaya to reset password: 123456 (by e-mail to a@example.com)\n"; written.String() != want {
		t.Errorf("got %q, want %q", written.String(), want)
	}
}
