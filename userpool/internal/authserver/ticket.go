package authserver

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/poolguard/poolguard/userpool/internal/authflow"
	"github.com/poolguard/poolguard/userpool/internal/directory"
)

// ticketValidity is how long a right password waits for the account's code.
const ticketValidity = 15 * time.Minute

// ticket says that this browser has just shown the password of the user with that
// sub, who cannot sign in before the account is confirmed. The code alone must not
// do: it would be a sign-in without a password. It is a MAC, which only this
// server can make, and is worth nothing to another browser, client or user. Without a
// sub it is worth nothing at all, and looks the same.
func (s *Server) ticket(w http.ResponseWriter, r *http.Request, client app, sub string) string {
	end := strconv.FormatInt(s.now().Add(ticketValidity).Unix(), 10)
	return end + "." + s.ticketMAC(s.formToken(w, r), client, sub, end)
}

func (s *Server) ticketMAC(token string, client app, sub, end string) string {
	mac := hmac.New(sha256.New, s.formKey)
	// Quoting keeps the parts apart, and apart from the cookies of formMAC.
	_, _ = fmt.Fprintf(mac, "ticket %q %q %q %q", token, client.ID, sub, end)
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// ticketGood judges the ticket of a form that formAuthentic has let through.
func (s *Server) ticketGood(r *http.Request, client app, sub string) bool {
	end, mac, _ := strings.Cut(r.PostForm.Get(fieldTicket), ".")
	want := s.ticketMAC(r.PostForm.Get(formField), client, sub, end)
	if sub == "" || !hmac.Equal([]byte(mac), []byte(want)) {
		return false
	}
	seconds, err := strconv.ParseInt(end, 10, 64)
	return err == nil && s.now().Before(time.Unix(seconds, 0))
}

// signInWithTicket continues the sign-in of a user whose account was just confirmed.
func (s *Server) signInWithTicket(w http.ResponseWriter, r *http.Request, request authorizationRequest, u directory.User, username string) {
	if !s.ticketGood(r, request.client, u.Sub) {
		s.showNoted(w, r, request, username, "The account is confirmed. You can sign in now.")
		return
	}
	step, err := s.signIns.Next(r.Context(), request.client.pool, request.client.Client, u, authflow.MethodPassword)
	if err != nil {
		s.failAuthorization(w, r, request, err)
		return
	}
	s.proceed(w, r, request, step)
}

// showNoted shows the sign-in form with good news.
func (s *Server) showNoted(w http.ResponseWriter, r *http.Request, request authorizationRequest, username, note string) {
	request.loginHint = username
	page := loginForm(request)
	page.Note = note
	s.showForm(w, r, request, http.StatusOK, page, problem{})
}
