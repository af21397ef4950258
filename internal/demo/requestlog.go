package demo

import (
	"fmt"
	"net/http"
	"strconv"
)

// watch tells of the requests that a handler answers, once the walk is over. Paths
// are shown, queries are not: they carry codes.
func (p *printer) watch(name string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer := &watched{ResponseWriter: w, status: http.StatusOK}
		next.ServeHTTP(answer, r)
		p.mu.Lock()
		defer p.mu.Unlock()
		if !p.watching {
			return
		}
		status := strconv.Itoa(answer.status)
		if answer.status >= 400 {
			status = p.bad(status)
		}
		p.writeLocked(fmt.Sprintf("%s  %s  %s %s\n", p.faint(fmt.Sprintf("%-4s", name)), status, r.Method, r.URL.EscapedPath()))
	})
}

// watched notes the status of an answer.
type watched struct {
	http.ResponseWriter
	status int
}

func (w *watched) WriteHeader(status int) {
	if w.status == http.StatusOK {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

// Unwrap is for http.ResponseController.
func (w *watched) Unwrap() http.ResponseWriter { return w.ResponseWriter }
