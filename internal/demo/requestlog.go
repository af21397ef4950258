package demo

import (
	"fmt"
	"net/http"
	"strconv"
)

// logRequests shows the requests that a handler answers, after the walk. It shows the
// path without the query, which can have a code. The line waits in a queue: the output can
// be a pipe that no program reads.
func (p *printer) logRequests(name string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer := &statusRecorder{ResponseWriter: w, status: http.StatusOK}
		next.ServeHTTP(answer, r)
		if !p.logging.Load() {
			return
		}
		status := strconv.Itoa(answer.status)
		if answer.status >= 400 {
			status = p.style.Bad(status)
		}
		p.requests.Offer(fmt.Appendf(nil, "%s  %s  %s %s\n", p.style.Faint(fmt.Sprintf("%-4s", name)), status, p.style.Escape(r.Method), p.style.Escape(r.URL.EscapedPath())))
	})
}

// A statusRecorder notes the status of an answer.
type statusRecorder struct {
	http.ResponseWriter
	status int
}

func (w *statusRecorder) WriteHeader(status int) {
	if w.status == http.StatusOK {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

// Unwrap is for http.ResponseController.
func (w *statusRecorder) Unwrap() http.ResponseWriter { return w.ResponseWriter }
