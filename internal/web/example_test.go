package web_test

import (
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"

	"github.com/poolguard/poolguard/internal/web"
)

// A page that says what happened, why, and what to do.
func ExamplePages_Message() {
	pages, err := web.New(web.Config{Name: "Shop"})
	if err != nil {
		log.Fatal(err)
	}
	w := httptest.NewRecorder()
	err = pages.Message(w, http.StatusServiceUnavailable, web.Message{
		Title:  "The user pool does not answer",
		Text:   []string{"Your sign-in could not be finished. This is not your fault."},
		Action: web.Link{Text: "Try again", URL: "/sign-in"},
	})
	fmt.Println(w.Code, w.Header().Get("Cache-Control"), err)
	// Output: 503 no-store <nil>
}

// A form with a CSRF token: the GET serves it, the POST checks it.
func ExampleCSRF() {
	csrf, err := web.NewCSRF("shop-form", nil)
	if err != nil {
		log.Fatal(err)
	}
	handler := func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost && (r.ParseForm() != nil || !csrf.Valid(r)) {
			http.Error(w, "open the form again", http.StatusForbidden)
			return
		}
		fmt.Fprintf(w, `<form method="post"><input type="hidden" name="%s" value="%s">`, web.CSRFField, csrf.Token(w, r))
	}
	w := httptest.NewRecorder()
	handler(w, httptest.NewRequest(http.MethodPost, "/", http.NoBody))
	fmt.Println(w.Code, w.Body)
	// Output: 403 open the form again
}
