package callback

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// ErrPortTaken says that another program listens on the port.
var ErrPortTaken = errors.New("another program listens on it")

// An Outcome is what came of an address that a browser, or somebody who pasted it,
// came with. The zero value is none, and the waiting goes on.
type Outcome struct {
	// Done ends the waiting: the sign-in is over, for good or bad.
	Done bool
	// Refusal is shown on the page where the sign-in did not succeed, "" where it did.
	// It must hold nothing of the address.
	Refusal string
}

// A Receiver listens for one sign-in. Make one with [Listen] and close it.
type Receiver struct {
	port      int
	listeners []net.Listener
}

// Listen opens a port of this machine, under both of its addresses: browsers take
// either for "localhost". One that the machine does not have is left out, but one that
// somebody else listens on is [ErrPortTaken]: the browser might go there.
func Listen(ctx context.Context, port int) (*Receiver, error) {
	r := &Receiver{port: port}
	var config net.ListenConfig
	for _, at := range []struct{ network, host string }{{"tcp4", "127.0.0.1"}, {"tcp6", "::1"}} {
		l, err := config.Listen(ctx, at.network, net.JoinHostPort(at.host, strconv.Itoa(port)))
		switch {
		case err == nil:
			r.listeners = append(r.listeners, l)
		case isAbsent(err) && at.network == "tcp6":
		default:
			r.Close()
			if isTaken(err) {
				err = ErrPortTaken
			}
			return nil, fmt.Errorf("port %d of this machine: %w", port, err)
		}
	}
	return r, nil
}

// isTaken reports whether another listens; 10048 is how Windows says it.
func isTaken(err error) bool {
	return errors.Is(err, syscall.EADDRINUSE) || errors.Is(err, syscall.Errno(10048))
}

// isAbsent reports whether the machine has no such address: no IPv6, mostly. 10047 and
// 10049 are how Windows says it.
func isAbsent(err error) bool {
	return errors.Is(err, syscall.EADDRNOTAVAIL) || errors.Is(err, syscall.EAFNOSUPPORT) ||
		errors.Is(err, syscall.Errno(10047)) || errors.Is(err, syscall.Errno(10049))
}

// Close ends the listening.
func (r *Receiver) Close() {
	for _, l := range r.listeners {
		_ = l.Close()
	}
}

// shutdownGrace is how long the browser may take to read the page.
const shutdownGrace = 3 * time.Second

// Wait hands each address that a browser comes back with to judge, one after the
// other, and answers with what that says, until it is done or ctx ends, which is the
// error then. The address is the part after the host.
func (r *Receiver) Wait(ctx context.Context, judge func(context.Context, *url.URL) Outcome) error {
	ended := make(chan struct{})
	var once sync.Once
	handler := &handler{ctx: ctx, host: "localhost:" + strconv.Itoa(r.port), judge: judge, end: func() { once.Do(func() { close(ended) }) }}
	server := &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       5 * time.Second,
		IdleTimeout:       5 * time.Second,
		MaxHeaderBytes:    32 << 10,
		ErrorLog:          slog.NewLogLogger(slog.DiscardHandler, slog.LevelError),
	}
	failed := make(chan error, len(r.listeners))
	for _, l := range r.listeners {
		go func() { failed <- server.Serve(l) }()
	}
	var err error
	select {
	case <-ended:
	case <-ctx.Done():
		err = ctx.Err()
	case err = <-failed:
	}
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownGrace)
	defer cancel()
	if server.Shutdown(grace) != nil {
		_ = server.Close() // the page had its time
	}
	return err
}

// A handler answers what comes to the port.
type handler struct {
	ctx   context.Context //nolint:containedctx // of the waiting: a browser that hangs up must not spoil the exchange of a code
	host  string
	judge func(context.Context, *url.URL) Outcome
	end   func()

	mu   sync.Mutex // held while an address is judged; guards done
	done bool
}

// ServeHTTP implements http.Handler. Whatever page of the network makes the browser
// ask gets nothing: another Host is another name for this machine (DNS rebinding),
// another path or method is no callback.
func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case !strings.EqualFold(r.Host, h.host):
		answer(w, http.StatusMisdirectedRequest, page{Title: "Nothing here"})
		return
	case r.URL.Path != "/callback":
		answer(w, http.StatusNotFound, page{Title: "Nothing here"})
		return
	case r.Method != http.MethodGet:
		w.Header().Set("Allow", http.MethodGet)
		answer(w, http.StatusMethodNotAllowed, page{Title: "Nothing here"})
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.done || h.ctx.Err() != nil {
		answer(w, http.StatusGone, page{Title: "This sign-in is over", Text: "Begin another one in the terminal."})
		return
	}
	outcome := h.judge(h.ctx, r.URL) //nolint:contextcheck // see handler.ctx
	if outcome.Done {
		h.done = true
		defer h.end() // after the page
	}
	switch {
	case outcome.Refusal != "":
		answer(w, http.StatusBadRequest, page{Title: "Not signed in", Text: sentence(outcome.Refusal)})
	case !outcome.Done:
		answer(w, http.StatusBadRequest, page{Title: "Not signed in", Text: "This is not the sign-in that the terminal waits for."})
	default:
		answer(w, http.StatusOK, page{Title: "Signed in", Text: "You can close this page and go back to the terminal."})
	}
}

func sentence(s string) string { return strings.ToUpper(s[:1]) + s[1:] + "." }
