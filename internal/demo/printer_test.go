package demo

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/poolguard/poolguard/internal/terminal"
)

// A pipe is one that no program reads until it is opened.
type pipe struct {
	open    chan struct{}
	written strings.Builder
}

func (p *pipe) Write(text []byte) (int, error) {
	<-p.open
	return p.written.Write(text)
}

// Attack: a standard output that no program reads. Requests are answered during the walk,
// which waits for it, and after the walk.
func TestFullOutputDoesNotHoldRequests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		full := pipe{open: make(chan struct{})}
		p := newPrinter(&full, terminal.Style{}, nil)
		handler := p.logRequests("api", http.NotFoundHandler())
		go p.say("a step of the walk")
		synctest.Wait()
		request := func(path string) {
			w := httptest.NewRecorder()
			handler.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
			if w.Code != http.StatusNotFound {
				t.Errorf("%s: %d", path, w.Code)
			}
		}
		request("/during-the-walk")
		p.logging.Store(true)
		for range 1100 {
			request("/after\u009bit?code=secret")
		}
		close(full.open)
		p.close()
		got := full.written.String()
		if n := strings.Count(got, "api   404  GET /after%C2%9Bit\n"); n < 900 || n >= 1100 {
			t.Errorf("%d requests are shown", n)
		}
		if !strings.Contains(got, "requests are not shown") || strings.Contains(got, "during") || strings.Contains(got, "secret") {
			t.Errorf("got\n%s", got)
		}
	})
}
