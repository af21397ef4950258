package interop

import (
	"strings"
	"testing"
)

// TestPages goes through the pages of the pool, with JavaScript and without.
func TestPages(t *testing.T) {
	t.Parallel()
	path := needChromium(t)
	oneChromium.Lock()
	t.Cleanup(oneChromium.Unlock)
	chromium := startChromium(t, path)
	for name, scripts := range map[string]bool{"with JavaScript": true, "without JavaScript": false} {
		t.Run(name, func(t *testing.T) {
			s := serveSite(t) //nolint:contextcheck // userpool.New takes no context
			for _, walk := range []struct {
				name string
				do   func(*testing.T, *visitor)
			}{
				{"sign-in", signsIn},
				{"sign-up", signsUp},
				{"forgot password", resetsPassword},
				{"steps", meetsChallenges},
				{"provider", usesProvider},
				{"errors", followsWrongLinks},
				{"inspector", inspectsTokens},
				{"inspector faults", inspectsOthers},
			} {
				t.Run(walk.name, func(t *testing.T) {
					p := newVisitor(t, chromium, s, scripts)
					defer p.checkFindings(t)
					walk.do(t, p)
				})
			}
		})
	}
}

// signsIn comes from the home page, gets the password wrong once, and signs
// in and out.
func signsIn(t *testing.T, p *visitor) { //nolint:thelper // a failure is at its line
	p.visit(t, p.site.URL+"/")
	p.checkPage(t, "home")
	p.follow(t, "Orders")
	p.sees(t, "Sign in")
	p.checkPage(t, "login")
	p.fillIn(t, "anaya", "Wr0ngPassw0rd!")
	p.seesProblem(t, "Incorrect username or password.", "Password")
	p.checkPage(t, "login-wrong")
	p.fillIn(t, password)
	p.arrives(t)
	tokens := p.tokens(t)
	p.secrets = append(p.secrets, tokens.ID, tokens.Access, tokens.Refresh, "Wr0ngPassw0rd!")

	if !strings.Contains(p.log.String(), "signed in") {
		t.Errorf("the server's log is %q", p.log)
	}
	p.visit(t, p.authorize(webClient))
	p.arrives(t) // without a form
	p.signsOut(t, webClient)
	p.visit(t, p.authorize(webClient))
	p.sees(t, "Sign in")

	const hostile = `"><img src=x onerror=alert(1)>`
	p.fillIn(t, hostile, "Wr0ngPassw0rd!")
	p.seesProblem(t, "Incorrect username or password.", "Password")
	if got := ask[string](t, p, "document.querySelector('#username').value"); got != hostile {
		t.Errorf("the user name is %q", got)
	}
	p.checkAccessibility(t, "login-hostile")
}

// signsUp makes an account, with a password that is too weak at first.
func signsUp(t *testing.T, p *visitor) { //nolint:thelper // a failure is at its line
	p.visit(t, p.authorize(webClient))
	p.follow(t, "Create an account")
	p.sees(t, "Create an account")
	p.checkPage(t, "signup")
	p.fillIn(t, "gina", "gina@example.com", "password")
	p.seesProblem(t, "Password did not conform with policy: Password must have uppercase characters", "Password")
	p.checkPage(t, "signup-weak")
	p.fillIn(t, password)
	p.sees(t, "Confirm your account")
	p.checkPage(t, "confirm")
	p.fillIn(t, "wrong")
	p.checkPage(t, "confirm-wrong")
	p.follow(t, "Send a new code")
	p.checkPage(t, "confirm-again")
	first, second := p.codeFor(t, "gina"), p.codeFor(t, "gina")
	p.fillIn(t, second)
	p.arrives(t)
	p.secrets = append(p.secrets, first, second, p.tokens(t).Refresh)
}

// resetsPassword chooses another password with a code.
func resetsPassword(t *testing.T, p *visitor) { //nolint:thelper // a failure is at its line
	const another = "An0ther-Passw0rd!"
	p.visit(t, p.authorize(webClient))
	p.follow(t, "Forgot your password?")
	p.sees(t, "Reset your password")
	p.checkPage(t, "forgot")
	p.fillIn(t, "forgetful")
	p.sees(t, "Choose a new password")
	p.checkPage(t, "forgot-code")
	code := p.codeFor(t, "forgetful")
	p.fillIn(t, "000000x", another)
	p.checkPage(t, "forgot-wrong")
	p.fillIn(t, code, another)
	p.sees(t, "Sign in")
	p.checkPage(t, "login-note")
	p.fillIn(t, another)
	p.arrives(t)
	p.secrets = append(p.secrets, another, code)
}

// meetsChallenges takes the steps after a password.
func meetsChallenges(t *testing.T, p *visitor) { //nolint:thelper // a failure is at its line
	const own = "My-0wn-Passw0rd!"
	p.visit(t, p.authorize(webClient))
	p.fillIn(t, "invited", password)
	p.sees(t, "Choose your password")
	p.checkPage(t, "new-password")
	p.fillIn(t, "short")
	p.seesProblem(t, "Password did not conform with policy: Password not long enough", "New password")
	p.checkPage(t, "new-password-weak")
	p.fillIn(t, own)
	p.arrives(t)
	p.signsOut(t, webClient)

	p.visit(t, p.authorize(webClient))
	p.fillIn(t, "careful", password)
	p.sees(t, "Enter your code")
	p.checkPage(t, "totp")
	p.fillIn(t, "00000x")
	p.seesProblem(t, "This code is not right. Check it and try again.", "Six-digit code")
	p.checkPage(t, "totp-wrong")
	p.fillIn(t, totp(t, totpSecret, 0))
	p.arrives(t)

	p.visit(t, p.authorize(strictClient))
	p.fillIn(t, "nils", password)
	p.sees(t, "Set up an authenticator app")
	p.checkPage(t, "totp-setup")
	key := ask[string](t, p, "document.querySelector('dd code').innerText")
	p.fillIn(t, totp(t, key, 0))
	p.arrives(t)
	p.secrets = append(p.secrets, own, totpSecret, key)
}

// usesProvider signs in at the simulated provider.
func usesProvider(t *testing.T, p *visitor) { //nolint:thelper // a failure is at its line
	p.visit(t, p.authorize(webClient))
	link := ask[string](t, p, "document.querySelector('.providers a').innerText")
	p.follow(t, link)
	p.sees(t, "Google, simulated")
	p.checkPage(t, "provider")
	p.fillIn(t, "1234", "gina@example.com", "Gina")
	p.arrives(t)
	p.secrets = append(p.secrets, p.tokens(t).ID)
}

// followsWrongLinks opens addresses that the pool rejects.
func followsWrongLinks(t *testing.T, p *visitor) { //nolint:thelper // a failure is at its line
	p.visit(t, p.authorize(webClient, "redirect_uri", "https://elsewhere.example.com/"))
	p.sees(t, "The return address does not match")
	if text := ask[string](t, p, "document.body.innerText"); !strings.Contains(text, "redirect_mismatch") {
		t.Errorf("the page says\n%s", text)
	}
	p.checkPage(t, "error")
	p.follow(t, "About this server")
	p.sees(t, "Local user pools")

	// Without its cookies, the form is one of another browser.
	p.visit(t, p.authorize(webClient))
	p.deletesCookies(t)
	p.fillIn(t, "anaya", password)
	p.seesProblem(t, "This form was no longer valid. Please try again.", "Username")
	p.checkPage(t, "login-stale")
	p.fillIn(t, "anaya", password)
	p.arrives(t)
}
