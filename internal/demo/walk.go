package demo

import (
	"context"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/oauth"
)

// A WalkError lists the answers that were not the expected ones.
type WalkError struct{ list []string }

// Error has a line for each difference.
func (d *WalkError) Error() string { return strings.Join(d.list, "\n") }

// A walk goes through the demo once.
type walk struct {
	setup     setup
	out       *printer
	verifier  *cognito.Verifier // of the API
	poolTime  func() time.Time
	moveClock func(ahead time.Duration) // of the pool
	newClient func(http.CookieJar) *http.Client

	title       string // of the current step
	differences []string
	answers     []pair // of the API, by token

	browser   *http.Client // of the user
	signIn    *signIn      // of the app in that browser
	loginPage *url.URL
	callback  *url.URL // with the code
	tokens    *oauth.Tokens
}

// walk goes through all steps. A step that fails ends the walk, since the next steps
// depend on it. The error is a *WalkError, or the error of ctx.
func (w *walk) walk(ctx context.Context) error {
	begin := time.Now()
	w.out.write(w.out.style.Strong("Poolguard demo") + ": a sign-in, and an API that checks the tokens\n")
	steps := []struct {
		title string
		make  func(context.Context) error
	}{
		{"A local user pool", w.meetPool},
		{"An API that requires a token", w.meetAPI},
		{"An app sends the browser to the pool", w.authorize},
		{"The user signs in", w.fillInForm},
		{"The app redeems the code", w.redeem},
		{"The tokens are verified", w.verify},
		{"Call the API with a good token", w.callGood},
		{"Call the API with an expired token", w.callExpired},
		{"Call the API with a token for another app", w.callWrongClient},
		{"Call the API with one letter of the token changed", w.callTampered},
		{"Call the API with a good token that lacks a scope", w.callWithoutScope},
	}
	for _, step := range steps {
		w.title = step.title
		w.out.step(step.title)
		if err := step.make(ctx); err != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			w.differ(err.Error())
			break
		}
	}
	w.conclude(len(steps), time.Since(begin))
	if len(w.differences) > 0 {
		return &WalkError{w.differences}
	}
	return nil
}

// differ records and shows a difference.
func (w *walk) differ(text string) {
	w.differences = append(w.differences, w.title+": "+text)
	w.out.verdict(false, text)
}

// expect compares a value with the expected one, and shows the result.
func (w *walk) expect(what, want, got string) {
	if want != got {
		w.differ(fmt.Sprintf("%s is %q, want %q", what, got, want))
		return
	}
	w.out.verdict(true, what+": "+got)
}

// newBrowser returns a browser without cookies.
func (w *walk) newBrowser() (*http.Client, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	return w.newClient(jar), nil
}

// conclude shows the answers of the API in a table, and the result of the walk.
func (w *walk) conclude(steps int, took time.Duration) {
	if len(w.answers) > 0 {
		w.out.write("\n" + w.out.style.Strong("Answers of the API") + "\n")
		w.out.pairs(w.answers...)
	}
	if len(w.differences) > 0 {
		w.out.write("\n" + w.out.style.Bad("Some steps failed:") + "\n")
		for _, d := range w.differences {
			w.out.verdict(false, d)
		}
		return
	}
	w.out.write(fmt.Sprintf("\nAll %d steps passed, in %.2f seconds.\n", steps, took.Seconds()))
}
