package inspector

import (
	"context"
	"errors"
	"mime"
	"net/http"
	"time"

	"github.com/poolguard/poolguard/internal/web"
)

// maxBody bounds a form in bytes. It has room for a token of the library's limit,
// percent-encoded, and for a larger one, which the library then rejects as too large.
const maxBody = 64 << 10

// timeout is how long the pools and their key sets may take.
const timeout = 5 * time.Second

// ServeHTTP implements http.Handler. GET answers with the form, POST with the result.
func (p *Page) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	// The page rejects every query, not only those with a token. Links with parameters
	// lead to links with tokens. This token is exposed already, the next one is not.
	if r.URL.RawQuery != "" {
		p.reject(w, r, http.StatusBadRequest, &rejectedQuery)
		return
	}
	switch r.Method {
	case http.MethodGet, http.MethodHead:
	case http.MethodPost:
		if why, status := p.readForm(w, r); why != nil {
			p.reject(w, r, status, why)
			return
		}
	default:
		w.Header().Set("Allow", "GET, HEAD, POST")
		p.reject(w, r, http.StatusMethodNotAllowed, &rejectedMethod)
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), timeout)
	defer cancel()
	pools, err := p.pools(ctx)
	if err != nil {
		p.unavailable(w, r, err)
		return
	}
	v := &view{Now: stamp(p.now()), Pools: pools}
	status := http.StatusOK
	if r.Method == http.MethodPost {
		if status, err = p.inspect(ctx, r, v, pools); err != nil {
			p.unavailable(w, r, err)
			return
		}
	}
	p.show(w, r, status, v)
}

// unavailable says that the fault is the server's. The log has the reason.
func (p *Page) unavailable(w http.ResponseWriter, r *http.Request, err error) {
	p.log.ErrorContext(r.Context(), "user pools are not available", "error", err)
	w.Header().Set("Retry-After", "5")
	p.reject(w, r, http.StatusServiceUnavailable, &rejectedUnavailable)
}

// readForm parses the body. It returns why it rejects the form, nil if it does not.
func (p *Page) readForm(w http.ResponseWriter, r *http.Request) (why *web.Message, status int) {
	if web.FromOtherSite(r) {
		p.log.WarnContext(r.Context(), "form of another site rejected")
		return &rejectedForeign, http.StatusForbidden
	}
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/x-www-form-urlencoded" {
		return &rejectedType, http.StatusUnsupportedMediaType
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	if err := r.ParseForm(); err != nil {
		var large *http.MaxBytesError
		if errors.As(err, &large) {
			return &rejectedLarge, http.StatusRequestEntityTooLarge
		}
		return &rejectedForm, http.StatusBadRequest
	}
	if !p.csrf.Valid(r) {
		p.log.WarnContext(r.Context(), "form without a valid CSRF token rejected")
		return &rejectedForeign, http.StatusForbidden
	}
	for _, name := range []string{fieldToken, fieldUse, fieldClient, fieldScopes, fieldGroups} {
		if len(r.PostForm[name]) > 1 {
			return &rejectedForm, http.StatusBadRequest
		}
	}
	return nil, 0
}

// inspect fills the view with the result for the form. The error is about the pools.
func (p *Page) inspect(ctx context.Context, r *http.Request, v *view, pools []Pool) (status int, err error) {
	var q question
	if !v.Form.read(r.PostForm, &q) {
		return http.StatusBadRequest, nil
	}
	found, err := take(r.PostForm.Get(fieldToken), q.use)
	if err != nil {
		v.Form.Token.Problem = web.Sentence(err.Error())
		return http.StatusBadRequest, nil
	}
	q.token = found.token
	a, err := p.verify(ctx, &q, pools)
	if err != nil {
		return 0, err
	}
	v.Now = stamp(a.report.Now)
	v.Result = newResult(&q, a, pools)
	v.Result.Notes = found.notes
	return http.StatusOK, nil
}
