package signin

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/oauth"
)

// A demand is what a sign-in must fulfil (step-up): how strong and how old it may be.
type demand struct {
	ACR    string `json:"acr,omitzero"`
	MaxAge *int64 `json:"max_age,omitzero"` // in seconds
}

// kept travels with a sign-in, in its encrypted cookie.
type kept struct {
	ReturnTo string `json:"to"`
	demand
}

func (d demand) requirements() (requirements []cognito.Requirement) {
	if d.ACR != "" {
		requirements = append(requirements, cognito.RequireACR(d.ACR))
	}
	if d.MaxAge != nil {
		requirements = append(requirements, cognito.RequireMaxAuthAge(time.Duration(*d.MaxAge)*time.Second))
	}
	return requirements
}

// readDemand reads the parameters acr and max_age of the sign-in page. Any person can choose
// them. They only make a sign-in harder.
func readDemand(query url.Values) (d demand, err error) {
	d.ACR = query.Get("acr")
	if text := query.Get("max_age"); text != "" {
		seconds, err := strconv.ParseInt(text, 10, 32)
		if err != nil || seconds < 0 {
			return demand{}, errors.New("max_age is not a number of seconds")
		}
		d.MaxAge = &seconds
	}
	for _, requirement := range d.requirements() {
		if err := requirement.Err(); err != nil {
			return demand{}, err
		}
	}
	return d, nil
}

// login starts a sign-in.
func (h *Handler) login(w http.ResponseWriter, r *http.Request, s *site) {
	query := r.URL.Query()
	d, err := readDemand(query)
	if err != nil {
		h.page(w, r, s, PageBadRequest)
		return
	}
	options := s.startOptions(query)
	if d != (demand{}) {
		options.Prompt = "login" // or the pool's own session would answer, however old it is
	}
	keep, err := json.Marshal(kept{s.places.Clean(query.Get("return_to")), d})
	if err != nil {
		h.page(w, r, s, PageBadRequest)
		return
	}
	options.Keep = string(keep)
	a, err := s.client.Start(options)
	if err != nil {
		h.page(w, r, s, PageBadRequest)
		return
	}
	now := h.now()
	s.addFlow(w, r, now, a.Flow, a.ExpiresAt.Sub(now))
	redirect(w, a.URL)
}

// startOptions returns the parameters of a sign-in: those of the configuration, and those of
// the address that the configuration allows.
func (s *site) startOptions(query url.Values) (options oauth.StartOptions) {
	value := func(name string) string {
		if fixed, ok := s.app.Parameters[name]; ok {
			return fixed
		}
		if slices.Contains(s.app.AllowParameters, name) {
			return query.Get(name)
		}
		return ""
	}
	return oauth.StartOptions{
		IdentityProvider: value("identity_provider"), LoginHint: value("login_hint"), Language: value("lang"),
		Prompt: value("prompt"), Resource: value("resource"),
	}
}

// redirect sends the browser to an absolute address with GET. http.Redirect would write the
// address into a page too.
func redirect(w http.ResponseWriter, to string) {
	w.Header().Set("Location", to)
	w.WriteHeader(http.StatusSeeOther)
}

// loginPath returns the address of the sign-in page for a request, with what the refusal
// demands.
func loginPath(r *http.Request, refusal *cognito.Error) string {
	query := url.Values{"return_to": {requestTarget(r)}}
	if acr := refusal.RequiredACR(); acr != "" {
		query.Set("acr", acr)
	}
	if refusal.Code() == cognito.ErrAuthenticationTooOld {
		query.Set("max_age", strconv.FormatInt(int64(refusal.RequiredMaxAge()/time.Second), 10))
	}
	return Path + "login?" + query.Encode()
}

// requestTarget returns path and query as the client sent them. A middleware such as
// http.StripPrefix changes r.URL.
func requestTarget(r *http.Request) string {
	if r.RequestURI != "" && r.RequestURI[0] == '/' {
		return r.RequestURI
	}
	return r.URL.RequestURI()
}
