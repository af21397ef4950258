package callback

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/poolguard/poolguard/internal/serve"
	"github.com/poolguard/poolguard/internal/web"
)

// ErrPortTaken reports that another program listens on the port.
var ErrPortTaken = serve.ErrAddressInUse

// An Outcome is the result of a callback address, from the browser or pasted by the user.
// The zero value means that the address is of another sign-in, and the waiting continues.
type Outcome struct {
	// Done ends the waiting: the sign-in has succeeded or failed.
	Done bool
	// Refusal is why the sign-in failed, for the page; "" if it succeeded. It must hold no
	// part of the address.
	Refusal string
	// User is the name of the user who has signed in, for the page.
	User string
}

// A Receiver listens for one sign-in. Make one with [Listen] and close it.
type Receiver struct {
	port      int
	pages     *web.Pages
	listeners []net.Listener
}

// Listen opens a port of this machine for "localhost", as [serve.ListenLocalhost] does.
// The error is [ErrPortTaken] if another program listens on it.
func Listen(ctx context.Context, port int) (*Receiver, error) {
	pages, err := newPages()
	if err != nil {
		return nil, err
	}
	listeners, err := serve.ListenLocalhost(ctx, port)
	if errors.Is(err, ErrPortTaken) {
		err = ErrPortTaken // the message names the port already
	}
	if err != nil {
		return nil, fmt.Errorf("port %d of this machine: %w", port, err)
	}
	return &Receiver{port: port, pages: pages, listeners: listeners}, nil
}

// Close ends the listening.
func (r *Receiver) Close() {
	for _, l := range r.listeners {
		_ = l.Close()
	}
}

// Wait calls finish with each callback address, one after the other, and answers the
// browser with the outcome. It returns nil when an outcome is done, or the error of ctx
// when ctx ends. The address is the part after the host.
func (r *Receiver) Wait(ctx context.Context, finish func(context.Context, *url.URL) Outcome) error {
	serving, end := context.WithCancel(ctx)
	defer end()
	handler := &handler{ctx: ctx, pages: r.pages, host: "localhost:" + strconv.Itoa(r.port), finish: finish, end: end}
	config := serve.Config{}
	for _, l := range r.listeners {
		config.Servers = append(config.Servers, serve.Server{
			Name: l.Addr().String(), Listener: l, Handler: handler,
			Timeouts: serve.Timeouts{Read: 5 * time.Second, Idle: 5 * time.Second}, MaxHeaderBytes: 32 << 10,
		})
	}
	group, err := serve.New(config)
	if err != nil {
		return err
	}
	if err := group.Run(serving); err != nil {
		return err
	}
	if handler.over() {
		return nil
	}
	return ctx.Err()
}

// A handler answers the requests to the port.
type handler struct {
	ctx    context.Context //nolint:containedctx // of Wait: a browser that hangs up must not stop the exchange of a code
	pages  *web.Pages
	host   string
	finish func(context.Context, *url.URL) Outcome
	end    func()

	mu   sync.Mutex // held while finish runs; guards done
	done bool
}

// over reports whether an address ended the waiting.
func (h *handler) over() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.done
}

// ServeHTTP implements http.Handler. A page on the network can make the browser send
// requests here, and they get no information. Another Host is another name for this machine
// (DNS rebinding); another path or method is not a callback.
func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case !strings.EqualFold(r.Host, h.host):
		h.answer(w, http.StatusMisdirectedRequest, nothingHere)
		return
	case r.URL.Path != "/callback":
		h.answer(w, http.StatusNotFound, nothingHere)
		return
	case r.Method != http.MethodGet:
		w.Header().Set("Allow", http.MethodGet)
		h.answer(w, http.StatusMethodNotAllowed, nothingHere)
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.done || h.ctx.Err() != nil {
		h.answer(w, http.StatusGone, signInOver)
		return
	}
	outcome := h.finish(h.ctx, r.URL) //nolint:contextcheck // see handler.ctx
	if outcome.Done {
		h.done = true
		defer h.end() // after the page
	}
	switch {
	case outcome.Refusal != "":
		h.answer(w, http.StatusBadRequest, rejected(outcome.Refusal))
	case !outcome.Done:
		h.answer(w, http.StatusBadRequest, otherSignIn)
	default:
		h.answer(w, http.StatusOK, signedIn(outcome.User))
	}
}
