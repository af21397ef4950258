package inspector

import (
	"context"
	"errors"
	"mime"
	"net/http"
	"time"
)

// maxBody bounds a form: room for a token of the library's limit, percent-encoded,
// and for one over it, which the library then finds too large in its own words.
const maxBody = 64 << 10

// patience is how long the pools and their key sets may take.
const patience = 5 * time.Second

// ServeHTTP answers one request: GET with the form, POST with what came of it.
func (p *Page) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	// Not even a parameter without a token is taken: a habit of links with parameters
	// would end with a token in one. The request is past help, the next one is not.
	if r.URL.RawQuery != "" {
		p.refuse(w, r, http.StatusBadRequest, refusedQuery)
		return
	}
	switch r.Method {
	case http.MethodGet, http.MethodHead:
	case http.MethodPost:
		if refused, status := p.readForm(w, r); status != 0 {
			p.refuse(w, r, status, refused)
			return
		}
	default:
		w.Header().Set("Allow", "GET, HEAD, POST")
		p.refuse(w, r, http.StatusMethodNotAllowed, refusedMethod)
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), patience)
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
	v.FormField, v.FormToken = formField, p.formToken(w, r)
	p.show(w, r, status, "inspect.html", v)
}

// unavailable says that it is not the asker's fault. What it is goes to the log.
func (p *Page) unavailable(w http.ResponseWriter, r *http.Request, err error) {
	p.log.ErrorContext(r.Context(), "no user pools to judge by", "error", err)
	w.Header().Set("Retry-After", "5")
	p.refuse(w, r, http.StatusServiceUnavailable, refusedUnavailable)
}

// readForm parses the body, or says why not with a status other than 0.
func (p *Page) readForm(w http.ResponseWriter, r *http.Request) (refused refusal, status int) {
	if fromElsewhere(r) {
		p.log.WarnContext(r.Context(), "form of another site refused")
		return refusedForeign, http.StatusForbidden
	}
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/x-www-form-urlencoded" {
		return refusedType, http.StatusUnsupportedMediaType
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	if err := r.ParseForm(); err != nil {
		var large *http.MaxBytesError
		if errors.As(err, &large) {
			return refusedLarge, http.StatusRequestEntityTooLarge
		}
		return refusedForm, http.StatusBadRequest
	}
	if !p.formAuthentic(r) {
		p.log.WarnContext(r.Context(), "form refused that this page did not serve")
		return refusedForeign, http.StatusForbidden
	}
	for _, name := range []string{fieldToken, fieldUse, fieldClient, fieldScopes, fieldGroups} {
		if len(r.PostForm[name]) > 1 {
			return refusedForm, http.StatusBadRequest
		}
	}
	return refusal{}, 0
}

// inspect fills the view with what came of the form. The error is about the pools.
func (p *Page) inspect(ctx context.Context, r *http.Request, v *view, pools []Pool) (status int, err error) {
	var q question
	if !v.Form.read(r.PostForm, &q) {
		return http.StatusBadRequest, nil
	}
	found, err := take(r.PostForm.Get(fieldToken), q.use)
	if err != nil {
		v.Form.Token.Problem = sentence(err.Error())
		return http.StatusBadRequest, nil
	}
	q.token = found.token
	a, err := p.judge(ctx, &q, pools)
	if err != nil {
		return 0, err
	}
	v.Now = stamp(a.report.Now)
	v.Result = newResult(&q, a, pools)
	v.Result.Notes = found.notes
	return http.StatusOK, nil
}
