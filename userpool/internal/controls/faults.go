package controls

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// fault is what happens to requests instead of, or before, an answer.
type fault struct {
	// Path is the start of a path, such as "/oauth2/"; Action is one of the API's.
	// Without both the fault is everywhere.
	Path   string `json:"path,omitempty"`
	Action string `json:"action,omitempty"`
	// Delay passes before the answer.
	Delay duration `json:"delay,omitempty"`
	// Status answers instead of the server; 0 lets the server answer.
	Status int `json:"status,omitempty"`
	// Body is the answer's; RetryAfter its Retry-After, in whole seconds.
	Body       string   `json:"body,omitempty"`
	RetryAfter duration `json:"retry_after,omitempty"`
	// Abort cuts the connection.
	Abort bool `json:"abort,omitempty"`
	// Times is how often it happens; 0 is always.
	Times int `json:"times,omitempty"`
	// Limit lets so many requests Per duration through and refuses the rest as
	// Cognito throttles: 429, or TooManyRequestsException in the API.
	Limit int      `json:"limit,omitempty"`
	Per   duration `json:"per,omitempty"`

	windowStart time.Time
	inWindow    int
}

func (f *fault) check() error {
	switch {
	case f.Path != "" && !strings.HasPrefix(f.Path, "/"):
		return requestError("path must begin with a slash")
	case f.Path != "" && f.Action != "":
		return requestError("give path or action, not both")
	case f.Status != 0 && (f.Status < 200 || f.Status > 599):
		return requestError("status must be from 200 to 599")
	case f.Delay < 0 || time.Duration(f.Delay) > 10*time.Minute:
		return requestError("delay must be from 0s to 10m")
	case f.Times < 0 || f.Limit < 0:
		return requestError("times and limit must not be negative")
	case (f.Limit > 0) != (f.Per > 0):
		return requestError("limit and per belong together")
	case f.RetryAfter < 0:
		return requestError("retry_after must not be negative")
	case f.Status == 0 && f.Delay == 0 && !f.Abort && f.Limit == 0:
		return requestError("a fault needs a status, a delay, abort or a limit")
	}
	return nil
}

func (f *fault) concerns(r *http.Request) bool {
	if f.Action != "" {
		_, action, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
		return action == f.Action
	}
	return strings.HasPrefix(r.URL.Path, f.Path)
}

type faultList struct {
	mu   sync.Mutex // guards list and what is in it
	list []*fault
}

// next returns a copy of the fault that a request meets, or nil, and counts it.
func (l *faultList) next(r *http.Request, now time.Time) *fault {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i, f := range l.list {
		if !f.concerns(r) {
			continue
		}
		if f.Limit > 0 {
			if now.Sub(f.windowStart) >= time.Duration(f.Per) || now.Before(f.windowStart) {
				f.windowStart, f.inWindow = now, 0
			}
			if f.inWindow++; f.inWindow <= f.Limit {
				continue
			}
		}
		met := *f
		if f.Times == 1 {
			l.list = append(l.list[:i:i], l.list[i+1:]...)
		} else if f.Times > 1 {
			f.Times--
		}
		return &met
	}
	return nil
}

// Middleware has requests to next meet the faults that are set.
func (c *Controls) Middleware(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f := c.faults.next(r, c.Clock.Now())
		if f == nil {
			next.ServeHTTP(w, r)
			return
		}
		c.Logger.InfoContext(r.Context(), "fault met", "path", r.URL.Path, "status", f.Status, "delay", time.Duration(f.Delay))
		if f.Delay > 0 {
			// The delay is real time: the server's clock may stand still.
			timer := time.NewTimer(time.Duration(f.Delay))
			defer timer.Stop()
			select {
			case <-timer.C:
			case <-r.Context().Done():
				return
			}
		}
		switch {
		case f.Abort:
			panic(http.ErrAbortHandler)
		case f.Limit > 0 || f.Status == http.StatusTooManyRequests:
			throttle(w, r, f)
		case f.Status > 0:
			f.answer(w)
		default:
			next.ServeHTTP(w, r)
		}
	})
}

func (f *fault) answer(w http.ResponseWriter) {
	h := w.Header()
	h.Set("Access-Control-Allow-Origin", "*")
	if f.RetryAfter > 0 {
		h.Set("Retry-After", strconv.Itoa(int(time.Duration(f.RetryAfter)/time.Second)))
	}
	h.Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(f.Status)
	_, _ = w.Write([]byte(f.Body))
}

// throttle refuses as Cognito does when there are too many requests.
func throttle(w http.ResponseWriter, r *http.Request, f *fault) {
	if r.Header.Get("X-Amz-Target") == "" {
		f.Status = http.StatusTooManyRequests
		f.answer(w)
		return
	}
	h := w.Header()
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Content-Type", "application/x-amz-json-1.1")
	h.Set("x-amzn-ErrorType", "TooManyRequestsException:")
	w.WriteHeader(http.StatusBadRequest)
	_ = json.NewEncoder(w).Encode(map[string]string{"__type": "TooManyRequestsException", "message": "Rate exceeded"})
}

const maxFaults = 100

func (c *Controls) setFaults(w http.ResponseWriter, r *http.Request) {
	var in faultsBody
	if !read(w, r, &in) {
		return
	}
	for i := range in {
		if err := in[i].check(); err != nil {
			problem(w, http.StatusBadRequest, fmt.Sprintf("fault %d: %v", i+1, err))
			return
		}
	}
	c.faults.mu.Lock()
	full := len(c.faults.list)+len(in) > maxFaults
	if !full {
		for i := range in {
			c.faults.list = append(c.faults.list, &in[i])
		}
	}
	c.faults.mu.Unlock()
	if full {
		problem(w, http.StatusBadRequest, fmt.Sprintf("more than %d faults; DELETE those that are set", maxFaults))
		return
	}
	c.Logger.InfoContext(r.Context(), "faults set", "count", len(in))
	c.showFaults(w, r)
}

// faultsBody is a fault or a list of them.
type faultsBody []fault

// UnmarshalJSON reads both forms.
func (b *faultsBody) UnmarshalJSON(raw []byte) error {
	d := json.NewDecoder(strings.NewReader(string(raw)))
	d.DisallowUnknownFields()
	if len(raw) > 0 && raw[0] == '[' {
		return d.Decode((*[]fault)(b))
	}
	var one fault
	err := d.Decode(&one)
	*b = faultsBody{one}
	return err
}

func (c *Controls) showFaults(w http.ResponseWriter, _ *http.Request) {
	c.faults.mu.Lock()
	list := make([]fault, len(c.faults.list))
	for i, f := range c.faults.list {
		list[i] = *f
	}
	c.faults.mu.Unlock()
	answer(w, list)
}

func (c *Controls) clearFaults(w http.ResponseWriter, r *http.Request) {
	c.faults.mu.Lock()
	c.faults.list = nil
	c.faults.mu.Unlock()
	c.showFaults(w, r)
}
