package authserver

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

//go:embed pages/*.html pages/style.css
var pageFiles embed.FS

var (
	pageTemplates = template.Must(template.ParseFS(pageFiles, "pages/*.html"))
	pageStyle     = mustRead("pages/style.css")
	// The style sheet is in the page; its hash is what the policy lets through.
	pageStyleHash = func() string {
		sum := sha256.Sum256([]byte(pageStyle))
		return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
	}()
)

func mustRead(name string) template.CSS {
	b, err := pageFiles.ReadFile(name)
	if err != nil {
		panic(err)
	}
	return template.CSS(b) //nolint:gosec // embedded at build time
}

// showPage renders a page with a Content-Security-Policy: the page loads nothing, runs
// nothing, cannot be framed, and sends forms to formActions only.
func (s *Server) showPage(w http.ResponseWriter, r *http.Request, status int, name string, formActions []string, data any) {
	var body bytes.Buffer
	err := pageTemplates.ExecuteTemplate(&body, name, struct {
		Style template.CSS
		Page  any
	}{pageStyle, data})
	if err != nil {
		s.log.ErrorContext(r.Context(), "page failed", "page", name, "error", err)
		http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src "+pageStyleHash+
		"; form-action "+strings.Join(formActions, " ")+"; base-uri 'none'; frame-ancestors 'none'")
	w.WriteHeader(status)
	// A failed write means that the browser has gone.
	_, _ = body.WriteTo(w)
}

// formActions lists where the sign-in form may lead. Chromium holds every
// redirect that follows a POST against it: first to the callback, then wherever
// the application goes on to. The application's own addresses are known; beyond
// them it is other ports of this machine, a page on one and its API on another.
func formActions(client app, redirectURI string) []string {
	sources := []string{"'self'", "http://localhost:*", "http://127.0.0.1:*", "https://localhost:*"}
	for _, u := range slices.Concat([]string{redirectURI}, client.CallbackURLs, client.SignOutURLs) {
		if source := cspSource(u); !slices.Contains(sources, source) {
			sources = append(sources, source)
		}
	}
	return sources
}

// cspSource is the origin of a validated URL as a CSP source expression, or its
// scheme where CSP cannot write the origin: applications' own schemes, and IPv6
// addresses.
func cspSource(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return "'self'"
	}
	if u.Scheme != "http" && u.Scheme != "https" || strings.HasPrefix(u.Host, "[") {
		return u.Scheme + ":"
	}
	return u.Scheme + "://" + u.Host
}
