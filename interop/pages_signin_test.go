package interop

import (
	"strings"
	"testing"
)

// TestPages walks through the pages for people, with JavaScript and without.
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
				do   func(*testing.T, *person)
			}{
				{"sign-in", signsIn},
				{"sign-up", signsUp},
				{"forgot password", forgot},
				{"steps", takesSteps},
				{"provider", meetsProvider},
				{"errors", goesAstray},
				{"inspector", inspectsTokens},
				{"inspector faults", inspectsOthers},
			} {
				t.Run(walk.name, func(t *testing.T) {
					p := newPerson(t, chromium, s, scripts)
					defer p.conclude(t)
					walk.do(t, p)
				})
			}
		})
	}
}

// signsIn comes from the home page, gets the password wrong once, and signs
// in and out.
func signsIn(t *testing.T, p *person) { //nolint:thelper // a failure is at its line
	p.visit(t, p.site.URL+"/")
	p.looks(t, "home")
	p.follow(t, "Orders")
	p.sees(t, "Sign in")
	p.looks(t, "login")
	p.fillIn(t, "anaya", "Wr0ngPassw0rd!")
	p.isTold(t, "Incorrect username or password.", "Password")
	p.looks(t, "login-wrong")
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
	p.isTold(t, "Incorrect username or password.", "Password")
	if got := ask[string](t, p, "document.querySelector('#username').value"); got != hostile {
		t.Errorf("the user name is %q", got)
	}
	p.listens(t, "login-hostile")
}

// signsUp makes an account, with a password that is too weak at first.
func signsUp(t *testing.T, p *person) { //nolint:thelper // a failure is at its line
	p.visit(t, p.authorize(webClient))
	p.follow(t, "Create an account")
	p.sees(t, "Create an account")
	p.looks(t, "signup")
	p.fillIn(t, "gina", "gina@example.com", "password")
	p.isTold(t, "Password did not conform with policy: Password must have uppercase characters", "Password")
	p.looks(t, "signup-weak")
	p.fillIn(t, password)
	p.sees(t, "Confirm your account")
	p.looks(t, "confirm")
	p.fillIn(t, "wrong")
	p.looks(t, "confirm-wrong")
	p.follow(t, "Send a new code")
	p.looks(t, "confirm-again")
	first, second := p.mailTo(t, "gina"), p.mailTo(t, "gina")
	p.fillIn(t, second)
	p.arrives(t)
	p.secrets = append(p.secrets, first, second, p.tokens(t).Refresh)
}

// forgot chooses another password with a code.
func forgot(t *testing.T, p *person) { //nolint:thelper // a failure is at its line
	const another = "An0ther-Passw0rd!"
	p.visit(t, p.authorize(webClient))
	p.follow(t, "Forgot your password?")
	p.sees(t, "Reset your password")
	p.looks(t, "forgot")
	p.fillIn(t, "forgetful")
	p.sees(t, "Choose a new password")
	p.looks(t, "forgot-code")
	code := p.mailTo(t, "forgetful")
	p.fillIn(t, "000000x", another)
	p.looks(t, "forgot-wrong")
	p.fillIn(t, code, another)
	p.sees(t, "Sign in")
	p.looks(t, "login-note")
	p.fillIn(t, another)
	p.arrives(t)
	p.secrets = append(p.secrets, another, code)
}

// takesSteps takes the steps after a password.
func takesSteps(t *testing.T, p *person) { //nolint:thelper // a failure is at its line
	const own = "My-0wn-Passw0rd!"
	p.visit(t, p.authorize(webClient))
	p.fillIn(t, "invited", password)
	p.sees(t, "Choose your password")
	p.looks(t, "new-password")
	p.fillIn(t, "short")
	p.isTold(t, "Password did not conform with policy: Password not long enough", "New password")
	p.looks(t, "new-password-weak")
	p.fillIn(t, own)
	p.arrives(t)
	p.signsOut(t, webClient)

	p.visit(t, p.authorize(webClient))
	p.fillIn(t, "careful", password)
	p.sees(t, "Enter your code")
	p.looks(t, "totp")
	p.fillIn(t, "00000x")
	p.isTold(t, "This code is not right. Check it and try again.", "Six-digit code")
	p.looks(t, "totp-wrong")
	p.fillIn(t, totp(t, totpSecret, 0))
	p.arrives(t)

	p.visit(t, p.authorize(strictClient))
	p.fillIn(t, "nils", password)
	p.sees(t, "Set up an authenticator app")
	p.looks(t, "totp-setup")
	key := ask[string](t, p, "document.querySelector('dd code').innerText")
	p.fillIn(t, totp(t, key, 0))
	p.arrives(t)
	p.secrets = append(p.secrets, own, totpSecret, key)
}

// meetsProvider signs in at the simulated provider.
func meetsProvider(t *testing.T, p *person) { //nolint:thelper // a failure is at its line
	p.visit(t, p.authorize(webClient))
	link := ask[string](t, p, "document.querySelector('.providers a').innerText")
	p.follow(t, link)
	p.sees(t, "Google, simulated")
	p.looks(t, "provider")
	p.fillIn(t, "1234", "gina@example.com", "Gina")
	p.arrives(t)
	p.secrets = append(p.secrets, p.tokens(t).ID)
}

// goesAstray has links that lead nowhere.
func goesAstray(t *testing.T, p *person) { //nolint:thelper // a failure is at its line
	p.visit(t, p.authorize(webClient, "redirect_uri", "https://elsewhere.example.com/"))
	p.sees(t, "The return address does not match")
	if text := ask[string](t, p, "document.body.innerText"); !strings.Contains(text, "redirect_mismatch") {
		t.Errorf("the page says\n%s", text)
	}
	p.looks(t, "error")
	p.follow(t, "What this server is")
	p.sees(t, "Local user pools")

	// Another browser's form, in effect: the cookies are gone.
	p.visit(t, p.authorize(webClient))
	p.forgets(t)
	p.fillIn(t, "anaya", password)
	p.isTold(t, "This form was no longer valid. Please try again.", "Username")
	p.looks(t, "login-stale")
	p.fillIn(t, "anaya", password)
	p.arrives(t)
}
