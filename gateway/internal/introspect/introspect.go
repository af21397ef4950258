package introspect

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/oauth"
)

// Path is the address of the questions.
const Path = "/introspect"

// maxBody bounds the body of a question. A token has 16 KiB at most.
const maxBody = 64 << 10

// A Client is a service that may ask.
type Client struct {
	ID     string
	Secret oauth.Secret
	// UserPools are the pools about whose tokens it may ask; nil are all.
	UserPools []string
}

// Config configures a [Handler].
type Config struct {
	Verifier *cognito.Verifier
	Clients  []Client
	// Timeout bounds one answer.
	Timeout time.Duration
}

// A Handler answers questions. It is safe for concurrent use. Make one with [New].
type Handler struct {
	verifier *cognito.Verifier
	timeout  time.Duration
	clients  map[string]client
}

type client struct {
	secret [sha256.Size]byte
	pools  []string
}

// MinSecret is the length of the shortest secret of a client.
const MinSecret = 16

// New checks the configuration and returns all its faults at once, each a
// [*cognito.ConfigError].
func New(config Config) (*Handler, error) {
	h := &Handler{verifier: config.Verifier, timeout: config.Timeout, clients: map[string]client{}}
	var faults []error
	fault := func(field, format string, args ...any) {
		faults = append(faults, &cognito.ConfigError{Package: "introspect", Field: "Config." + field, Reason: fmt.Sprintf(format, args...)})
	}
	for n, c := range config.Clients {
		field := fmt.Sprintf("Clients[%d].", n)
		if c.ID == "" || strings.ContainsFunc(c.ID, func(r rune) bool { return r <= ' ' || r > '~' }) {
			fault(field+"ID", "is empty, or has other characters than letters, digits and punctuation: got %q", c.ID)
		}
		if _, found := h.clients[c.ID]; found {
			fault(field+"ID", "occurs twice: got %q", c.ID)
		}
		if len(c.Secret) < MinSecret {
			fault(field+"Secret", "has less than %d characters", MinSecret)
		}
		if c.UserPools != nil && len(c.UserPools) == 0 {
			fault(field+"UserPools", "is empty: name a user pool, or leave it out to allow all")
		}
		h.clients[c.ID] = client{sha256.Sum256([]byte(c.Secret)), c.UserPools}
	}
	return h, errors.Join(faults...)
}

// ServeHTTP implements [http.Handler].
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		refuse(w, http.StatusMethodNotAllowed, "invalid_request")
		return
	}
	asking, ok := h.authenticate(r)
	if !ok {
		w.Header().Set("WWW-Authenticate", `Basic realm="introspection"`)
		refuse(w, http.StatusUnauthorized, "invalid_client")
		return
	}
	token, ok := tokenOf(w, r)
	if !ok {
		refuse(w, http.StatusBadRequest, "invalid_request")
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), h.timeout)
	defer cancel()
	verified, err := h.verifier.VerifyAccessToken(ctx, token)
	refusal, _ := errors.AsType[*cognito.Error](err)
	switch {
	case refusal != nil && refusal.Temporary():
		after := max(1, int64((refusal.RetryAfter()+time.Second-1)/time.Second))
		w.Header().Set("Retry-After", strconv.FormatInt(after, 10))
		refuse(w, http.StatusServiceUnavailable, "temporarily_unavailable")
	case err != nil || asking.pools != nil && !slices.Contains(asking.pools, verified.UserPoolID()):
		answer(w, http.StatusOK, inactive{})
	default:
		answer(w, http.StatusOK, describe(verified))
	}
}

// authenticate finds the client of the request. An unknown client takes the time of a known
// one with a wrong secret.
func (h *Handler) authenticate(r *http.Request) (client, bool) {
	id, secret, ok := r.BasicAuth()
	if !ok || len(r.Header["Authorization"]) != 1 {
		return client{}, false
	}
	// RFC 6749 §2.3.1: both are encoded as in a form.
	id, errID := url.QueryUnescape(id)
	secret, errSecret := url.QueryUnescape(secret)
	found, known := h.clients[id]
	sum := sha256.Sum256([]byte(secret))
	same := subtle.ConstantTimeCompare(sum[:], found.secret[:]) == 1
	return found, same && known && errID == nil && errSecret == nil
}

// tokenOf returns the token of the body, which has it once.
func tokenOf(w http.ResponseWriter, r *http.Request) (string, bool) {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "application/x-www-form-urlencoded" {
		return "", false
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	if r.ParseForm() != nil {
		return "", false
	}
	tokens := r.PostForm["token"] // never from the query, which is logged
	if len(tokens) != 1 || tokens[0] == "" {
		return "", false
	}
	return tokens[0], true
}

// inactive is the answer about every token that is not accepted (RFC 7662 §2.2).
type inactive struct {
	Active bool `json:"active"`
}

type active struct {
	Active    bool     `json:"active"`
	Scope     string   `json:"scope,omitempty"`
	ClientID  string   `json:"client_id"`
	Username  string   `json:"username,omitempty"`
	TokenType string   `json:"token_type"`
	Expires   int64    `json:"exp"`
	IssuedAt  int64    `json:"iat,omitempty"`
	Subject   string   `json:"sub"`
	Issuer    string   `json:"iss"`
	ID        string   `json:"jti,omitempty"`
	Groups    []string `json:"cognito:groups,omitempty"`
}

func describe(t *cognito.AccessToken) active {
	a := active{
		Active: true, Scope: strings.Join(slices.Collect(t.Scopes().All()), " "), ClientID: t.ClientID(), Username: t.Username(), TokenType: "Bearer",
		Expires: t.ExpiresAt().Unix(), Subject: t.Subject(), Issuer: t.Issuer(), ID: t.TokenID(),
		Groups: slices.Collect(t.Groups().All()),
	}
	if at := t.IssuedAt(); !at.IsZero() {
		a.IssuedAt = at.Unix()
	}
	return a
}

func refuse(w http.ResponseWriter, status int, code string) {
	answer(w, status, map[string]string{"error": code})
}

func answer(w http.ResponseWriter, status int, body any) {
	text, err := json.Marshal(body)
	if err != nil {
		text, status = []byte("{}"), http.StatusInternalServerError
	}
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_, _ = w.Write(append(text, '\n'))
}
