package api

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"strings"
	"time"

	"github.com/poolguard/poolguard/userpool/internal/authflow"
	"github.com/poolguard/poolguard/userpool/internal/describe"
	"github.com/poolguard/poolguard/userpool/internal/random"
	"github.com/poolguard/poolguard/userpool/internal/store"
	"github.com/poolguard/poolguard/userpool/internal/users"
)

const (
	targetPrefix = "AWSCognitoIdentityProviderService."
	contentType  = "application/x-amz-json-1.1"
	maxBodyBytes = 256 << 10
	maxNesting   = 64
)

// Config is what the API works with. All fields but Region are mandatory.
type Config struct {
	Store    store.Store
	SignIns  *authflow.Service
	Accounts *users.Service
	Now      func() time.Time
	Random   *random.Source
	Logger   *slog.Logger
	// PublicURL is the server's own origin: pages of it may call what asks for AWS
	// credentials.
	PublicURL string
	// Region begins the IDs of the pools that the API makes for requests without a signature.
	// Empty means DefaultRegion.
	Region string
}

// API is an http.Handler. It is safe for concurrent use.
type API struct {
	Config
	actions map[string]action
}

// New returns the API.
func New(cfg Config) *API {
	a := &API{Config: cfg, actions: map[string]action{}}
	for _, some := range []map[string]action{
		a.authActions(), a.accountActions(), a.adminUserActions(), a.poolActions(),
	} {
		maps.Copy(a.actions, some)
	}
	return a
}

// action is one operation of the API.
type action struct {
	// iam operations want AWS credentials from Cognito's callers.
	iam bool
	run func(ctx context.Context, body []byte) (any, error)
}

// public makes an action that anybody may call: what it wants is in its body.
func public[In, Out any](run func(context.Context, In) (Out, error)) action {
	return action{run: decoding(run)}
}

// iam makes an action that Cognito gives to holders of AWS credentials only.
func iam[In, Out any](run func(context.Context, In) (Out, error)) action {
	return action{iam: true, run: decoding(run)}
}

func decoding[In, Out any](run func(context.Context, In) (Out, error)) func(context.Context, []byte) (any, error) {
	return func(ctx context.Context, body []byte) (any, error) {
		if nestedOver(body, maxNesting) {
			return nil, &Error{"SerializationException", "The body is nested too deeply."}
		}
		var in In
		if err := describe.Decode(body, &in); err != nil {
			return nil, serializationError(err)
		}
		return run(ctx, in)
	}
}

// nestedOver reports whether JSON has more than most objects and arrays within one
// another. The stored part of a request is inside a record, which must not be too
// deep to be read.
func nestedOver(body []byte, most int) bool {
	depth, quoted := 0, false
	for i := 0; i < len(body); i++ {
		switch c := body[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{', c == '[':
			if depth++; depth > most {
				return true
			}
		case c == '}', c == ']':
			depth--
		}
	}
	return false
}

// empty is the answer of actions that have nothing to say: "{}".
type empty struct{}

// ServeHTTP answers one request.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	id := a.Random.UUID()
	h := w.Header()
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Access-Control-Expose-Headers", "x-amzn-RequestId,x-amzn-ErrorType,x-amzn-ErrorMessage,Date")
	h.Set("x-amzn-RequestId", id)
	h.Set("Cache-Control", "no-store")
	name, out, err := a.answer(w, r)
	if err != nil {
		a.refuse(w, r, name, id, err)
		return
	}
	body, err := json.Marshal(out)
	if err != nil {
		a.refuse(w, r, name, id, err)
		return
	}
	a.Logger.DebugContext(r.Context(), "api call", "action", name)
	h.Set("Content-Type", contentType)
	// A failed write means that the client has gone.
	_, _ = w.Write(body)
}

func (a *API) answer(w http.ResponseWriter, r *http.Request) (name string, out any, err error) {
	// A form or a script of another site can send other types without asking first.
	if kind, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";"); !strings.EqualFold(strings.TrimSpace(kind), contentType) {
		return "", nil, &Error{"UnknownOperationException", "Content-Type must be " + contentType}
	}
	name, ok := strings.CutPrefix(r.Header.Get("X-Amz-Target"), targetPrefix)
	if !ok {
		return "", nil, &Error{"UnknownOperationException", "X-Amz-Target must be " + targetPrefix + "{Action}"}
	}
	act, ok := a.actions[name]
	if !ok {
		name = name[:min(len(name), 64)]
		return name, nil, exception("UnknownOperationException", "The local user pool has no action %q.", name)
	}
	// Cognito has CORS open to all, since the signature keeps others out. Here
	// nothing does: no page but our own may administer the pool of its visitor.
	if origin := r.Header.Get("Origin"); act.iam && origin != "" && origin != a.PublicURL {
		return name, nil, &Error{"MissingAuthenticationTokenException", "Missing Authentication Token"}
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBodyBytes))
	if tooLarge := new(http.MaxBytesError); errors.As(err, &tooLarge) {
		return name, nil, &Error{"RequestEntityTooLargeException", "The request is too large."}
	}
	if err != nil {
		return name, nil, &Error{"SerializationException", "The request could not be read."}
	}
	out, err = act.run(withRegion(r.Context(), r.Header), body)
	return name, out, err
}

// HandlePreflight answers the question that browsers ask before a call.
func (a *API) HandlePreflight(w http.ResponseWriter, _ *http.Request) {
	h := w.Header()
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Access-Control-Allow-Methods", "POST, OPTIONS")
	h.Set("Access-Control-Allow-Headers",
		"Authorization, Content-Type, Cache-Control, X-Amz-Target, X-Amz-User-Agent, X-Amz-Date, X-Amz-Security-Token, X-Amz-Content-Sha256, Amz-Sdk-Invocation-Id, Amz-Sdk-Request, X-Amzn-Trace-Id")
	h.Set("Access-Control-Max-Age", "3600")
	w.WriteHeader(http.StatusNoContent)
}

// timestamp is a time as AWS JSON has it: seconds, with milliseconds as a fraction.
type timestamp time.Time

// MarshalJSON writes the time as a number.
func (t timestamp) MarshalJSON() ([]byte, error) {
	return json.Marshal(float64(time.Time(t).UnixMilli()) / 1000)
}
