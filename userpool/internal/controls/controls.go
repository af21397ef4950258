package controls

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/poolguard/poolguard/userpool/internal/address"
	"github.com/poolguard/poolguard/userpool/internal/directory"
	"github.com/poolguard/poolguard/userpool/internal/issuer"
	"github.com/poolguard/poolguard/userpool/internal/store"
)

// Prefix is where the controls are.
const Prefix = "/_local/"

const maxBodyBytes = 64 << 10

// Clock is the server's clock, which can be moved.
type Clock interface {
	Now() time.Time
	Offset() time.Duration
	SetOffset(time.Duration)
}

// Config is what the controls work with. All fields are mandatory.
type Config struct {
	Clock  Clock
	Issuer *issuer.Issuer
	Store  store.Store
	Logger *slog.Logger
	// PublicURL is the server's own origin: only its pages may use the controls, and only
	// requests to its host or to a loopback host.
	PublicURL string
}

// Controls is an http.Handler for what is under [Prefix]. It is safe for
// concurrent use.
type Controls struct {
	Config
	publicHost string
	faults     faultList
	mux        *http.ServeMux
}

// New returns the controls.
func New(cfg Config) *Controls {
	c := &Controls{Config: cfg, mux: http.NewServeMux()}
	if u, err := url.Parse(cfg.PublicURL); err == nil {
		c.publicHost = strings.ToLower(u.Hostname())
	}
	c.mux.HandleFunc("GET "+Prefix+"{$}", c.list)
	c.mux.HandleFunc("GET "+Prefix+"clock", c.showClock)
	c.mux.HandleFunc("POST "+Prefix+"clock", c.moveClock)
	c.mux.HandleFunc("DELETE "+Prefix+"clock", c.resetClock)
	c.mux.HandleFunc("POST "+Prefix+"keys/rotate", c.rotateKeys)
	c.mux.HandleFunc("POST "+Prefix+"keys/withdraw", c.withdrawKey)
	c.mux.HandleFunc("GET "+Prefix+"faults", c.showFaults)
	c.mux.HandleFunc("POST "+Prefix+"faults", c.setFaults)
	c.mux.HandleFunc("DELETE "+Prefix+"faults", c.clearFaults)
	c.mux.HandleFunc("POST "+Prefix+"mint", c.mint)
	return c
}

// ServeHTTP answers one request.
func (c *Controls) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	// The browser marks the request of a page of another origin. An old browser does not,
	// but it may send JSON only after a preflight, which this server does not answer.
	// The server answers for names that others can own, for example evil.local in a network
	// with mDNS. A page of such a name is of the same origin as its requests, and the browser
	// marks a GET of it with nothing but the Host.
	if !c.isOwnHost(r.Host) {
		problem(w, http.StatusForbidden, "the controls answer under localhost, 127.0.0.1, [::1] and the host of the public URL only")
		return
	}
	site, origin := r.Header.Get("Sec-Fetch-Site"), r.Header.Get("Origin")
	if site == "cross-site" || site == "same-site" || origin != "" && origin != c.PublicURL {
		problem(w, http.StatusForbidden, "the controls are not for web pages")
		return
	}
	c.mux.ServeHTTP(w, r)
}

// isOwnHost reports whether a Host header has a name that no other site can own: that of a
// loopback address, or that of the public URL. The port is free: it can be a mapped one.
func (c *Controls) isOwnHost(hostport string) bool {
	at := url.URL{Host: hostport}
	host := strings.ToLower(at.Hostname())
	return address.IsLoopbackHost(host) || host != "" && host == c.publicHost
}

func (c *Controls) list(w http.ResponseWriter, _ *http.Request) {
	answer(w, map[string]string{
		"GET /_local/clock":          `the time here: {"now","offset"}`,
		"POST /_local/clock":         `{"offset":"36h"} or {"advance":"1h"} or {"now":"2030-01-01T00:00:00Z"}`,
		"DELETE /_local/clock":       "sets the real time again",
		"POST /_local/keys/rotate":   `{"user_pool":"…","overlap":"24h"}: new keys sign; the old ones stay for overlap (0s if left out)`,
		"POST /_local/keys/withdraw": `{"user_pool":"…","kid":"…"}: the key leaves the key set`,
		"GET /_local/faults":         "the faults that are set",
		"POST /_local/faults":        `{"path":"/oauth2/token" or "action":"InitiateAuth","status":503,"delay":"2s","retry_after":"5s","times":3} or a list of such; "limit":10,"per":"1s" throttles; a request meets the first one that matches it`,
		"DELETE /_local/faults":      "deletes the faults",
		"POST /_local/mint":          `{"user_pool":"…","bad":"expired","claims":{…},"header":{…}}: a token; "bad" is one of ` + badNames(),
	})
}

type clockState struct {
	Now    time.Time `json:"now"`
	Offset string    `json:"offset"`
}

func (c *Controls) showClock(w http.ResponseWriter, _ *http.Request) {
	answer(w, clockState{Now: c.Clock.Now().UTC(), Offset: c.Clock.Offset().String()})
}

func (c *Controls) moveClock(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Offset  *duration  `json:"offset"`
		Advance *duration  `json:"advance"`
		Now     *time.Time `json:"now"`
	}
	if !read(w, r, &in) {
		return
	}
	given := 0
	offset := c.Clock.Offset()
	if in.Offset != nil {
		given, offset = given+1, time.Duration(*in.Offset)
	}
	if in.Advance != nil {
		given, offset = given+1, offset+time.Duration(*in.Advance)
	}
	if in.Now != nil {
		given, offset = given+1, in.Now.Sub(c.Clock.Now())+offset
	}
	if given != 1 {
		problem(w, http.StatusBadRequest, "give exactly one of offset, advance, now")
		return
	}
	// Durations end at 292 years, and some of them silently.
	unmoved := c.Clock.Now().Add(-c.Clock.Offset())
	if year := unmoved.Add(offset).Year(); year < 1971 || year > 2200 || in.Now != nil && (in.Now.Year() < 1971 || in.Now.Year() > 2200) ||
		offset.Abs() > 250*365*24*time.Hour {
		problem(w, http.StatusBadRequest, "the clock would leave the years 1971 to 2200")
		return
	}
	c.Clock.SetOffset(offset)
	c.Logger.InfoContext(r.Context(), "clock moved", "offset", offset)
	c.showClock(w, r)
}

func (c *Controls) resetClock(w http.ResponseWriter, r *http.Request) {
	c.Clock.SetOffset(0)
	c.Logger.InfoContext(r.Context(), "clock moved", "offset", time.Duration(0))
	c.showClock(w, r)
}

func (c *Controls) rotateKeys(w http.ResponseWriter, r *http.Request) {
	var in struct {
		UserPool string   `json:"user_pool"`
		Overlap  duration `json:"overlap"`
	}
	if !read(w, r, &in) {
		return
	}
	poolID, err := c.pool(r.Context(), in.UserPool)
	switch {
	case err != nil:
		c.fail(w, r, err)
		return
	case in.Overlap < 0:
		problem(w, http.StatusBadRequest, "overlap is negative")
		return
	}
	if err := c.Issuer.Rotate(r.Context(), poolID, time.Duration(in.Overlap)); err != nil {
		c.fail(w, r, err)
		return
	}
	c.showKeys(w, r, poolID)
}

func (c *Controls) withdrawKey(w http.ResponseWriter, r *http.Request) {
	var in struct {
		UserPool string `json:"user_pool"`
		KeyID    string `json:"kid"`
	}
	if !read(w, r, &in) {
		return
	}
	poolID, err := c.pool(r.Context(), in.UserPool)
	switch {
	case err != nil:
	case in.KeyID == "":
		err = requestError("say which kid: it is in the key set, and in the header of a token")
	default:
		err = c.Issuer.Withdraw(r.Context(), poolID, in.KeyID)
	}
	if err != nil {
		c.fail(w, r, err)
		return
	}
	c.showKeys(w, r, poolID)
}

func (c *Controls) showKeys(w http.ResponseWriter, r *http.Request, poolID string) {
	keys, err := c.Issuer.KeySet(r.Context(), poolID)
	if err != nil {
		c.fail(w, r, err)
		return
	}
	ids := make([]string, len(keys))
	for i, k := range keys {
		ids[i] = k.KeyID
	}
	c.Logger.InfoContext(r.Context(), "keys changed", "pool", poolID, "keys", len(ids))
	answer(w, map[string]any{"user_pool": poolID, "kids": ids})
}

// requestError is a mistake of the caller's.
type requestError string

func (e requestError) Error() string { return string(e) }

// pool returns the ID of the pool that is meant: the only one, if none is named.
func (c *Controls) pool(ctx context.Context, id string) (string, error) {
	var found []string
	err := c.Store.View(ctx, func(tx store.Tx) error {
		for p, err := range directory.Pools(tx, "") {
			if err != nil {
				return err
			}
			if id == "" || p.ID == id {
				found = append(found, p.ID)
			}
		}
		return nil
	})
	switch {
	case err != nil:
		return "", err
	case len(found) == 1:
		return found[0], nil
	case id != "":
		return "", requestError(fmt.Sprintf("there is no user pool %q", id))
	default:
		return "", requestError("say which user_pool: there is more than one, or none")
	}
}

func (c *Controls) fail(w http.ResponseWriter, r *http.Request, err error) {
	var mistake requestError
	switch {
	case errors.As(err, &mistake):
		problem(w, http.StatusBadRequest, mistake.Error())
	case errors.Is(err, issuer.ErrNoSuchKey):
		problem(w, http.StatusNotFound, "the key set has no such kid")
	default:
		c.Logger.ErrorContext(r.Context(), "control failed", "error", err)
		problem(w, http.StatusInternalServerError, "the server failed; its log says why")
	}
}

// read decodes a JSON body strictly: a misspelt member must not be a control that
// does nothing.
func read(w http.ResponseWriter, r *http.Request, into any) bool {
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		problem(w, http.StatusUnsupportedMediaType, "Content-Type must be application/json")
		return false
	}
	d := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBodyBytes))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		problem(w, http.StatusBadRequest, "the body: "+err.Error())
		return false
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		problem(w, http.StatusBadRequest, "the body: more than one JSON value")
		return false
	}
	return true
}

func answer(w http.ResponseWriter, body any) {
	w.Header().Set("Content-Type", "application/json")
	// What is written here always encodes; a failed write means that the client has
	// gone.
	_ = json.NewEncoder(w).Encode(body)
}

func problem(w http.ResponseWriter, status int, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]string{"error": message})
}

// duration is a time.Duration in Go's form, such as "1h30m" or "-24h".
type duration time.Duration

// UnmarshalText reads the form.
func (d *duration) UnmarshalText(text []byte) error {
	parsed, err := time.ParseDuration(string(text))
	*d = duration(parsed)
	return err
}

// MarshalText writes the form.
func (d duration) MarshalText() ([]byte, error) { return []byte(time.Duration(d).String()), nil }
