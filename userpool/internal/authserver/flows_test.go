package authserver

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/poolguard/poolguard/userpool/internal/directory"
	"github.com/poolguard/poolguard/userpool/internal/totp"
)

func TestSignUp(t *testing.T) {
	t.Parallel()
	w := pagesWorld(t, io.Discard, nil)
	v := newVisitor(t, w)
	if login := v.get("/login"); !strings.Contains(login.body, `href="/signup?`) || !strings.Contains(login.body, `href="/forgotPassword?`) {
		t.Errorf("the login page leads nowhere:\n%s", login.visible())
	}
	page := v.get("/signup").want(http.StatusOK, "At least 8 characters, with an upper case letter, a lower case letter, a digit and a symbol.")
	email := attributeField("email")
	v.submit(page, "username", "mona", email, "mona@example.com", "password", "short").
		want(http.StatusBadRequest, "Password did not conform with policy: Password not long enough")
	v.submit(page, "username", "mona", email, "", "password", "Passw0rd!").want(http.StatusBadRequest, "Please fill in this field.")
	v.submit(page, "username", "mona", email, "mona", "password", "Passw0rd!").want(http.StatusBadRequest, "Invalid email address format.")
	v.submit(page, "username", "anaya", email, "mona@example.com", "password", "Passw0rd!").want(http.StatusBadRequest, "User already exists")

	page = v.submit(page, "username", "mona", email, "mona@example.com", "password", "Passw0rd!").want(http.StatusOK, "m***@e***")
	v.submit(page, "code", "wrong").want(http.StatusBadRequest, wrongCodeText)
	first := w.sent(t).Code
	page = v.again(page).want(http.StatusOK, "we have sent a new one")
	if first == w.sent(t).Code {
		t.Error("no new code was sent")
	}
	code := w.sent(t).Code
	claims := v.idToken(v.submit(page, "code", code[:3]+" "+code[3:]+" ")) // as messages show it
	if claims["cognito:username"] != "mona" || claims["email_verified"] != true || claims["amr"].([]any)[0] != "pwd" {
		t.Errorf("claims %v", claims)
	}
	v.submit(v.get("/login", "prompt", "login"), "username", "mona ", "password", "Passw0rd!").code()
}

// Who only has the code has not shown a password.
func TestConfirmIsNoSignIn(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(w *world, other shown, form url.Values){
		"no ticket":              func(_ *world, _ shown, form url.Values) { form.Del(fieldTicket) },
		"another user's ticket":  func(_ *world, other shown, form url.Values) { _, f := other.form(); form[fieldTicket] = f[fieldTicket] },
		"an old ticket":          func(w *world, _ shown, _ url.Values) { w.move(ticketValidity + time.Second) },
		"a ticket made to last":  func(_ *world, _ shown, form url.Values) { form.Set(fieldTicket, "9"+form.Get(fieldTicket)) },
		"a ticket after a wrong": nil, // password
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := pagesWorld(t, io.Discard, nil)
			v := newVisitor(t, w)
			signUp := v.get("/signup")
			other := v.submit(signUp, "username", "otto", attributeField("email"), "otto@example.com", "password", "Passw0rd!")
			page := v.submit(signUp, "username", "mona", attributeField("email"), "mona@example.com", "password", "Passw0rd!")
			code := w.sent(t).Code
			if change == nil {
				page = v.submit(v.get("/login"), "username", "mona", "password", "wrong").want(http.StatusOK, "not confirmed yet")
			}
			action, form := page.form()
			if change != nil {
				change(w, other, form)
			}
			v.send(action, form, "code", code).want(http.StatusOK, "The account is confirmed. You can sign in now.")
		})
	}
	t.Run("another browser", func(t *testing.T) {
		t.Parallel()
		w := pagesWorld(t, io.Discard, nil)
		v, other := newVisitor(t, w), newVisitor(t, w)
		page := v.submit(v.get("/signup"), "username", "mona", attributeField("email"), "mona@example.com", "password", "Passw0rd!")
		_, form := page.form()
		others := other.get("/confirm")
		other.submit(others, "username", "mona", fieldTicket, form.Get(fieldTicket), "code", w.sent(t).Code).
			want(http.StatusOK, "The account is confirmed. You can sign in now.")
	})
	t.Run("the right password", func(t *testing.T) {
		t.Parallel()
		w := pagesWorld(t, io.Discard, nil)
		v, other := newVisitor(t, w), newVisitor(t, w)
		v.submit(v.get("/signup"), "username", "mona", attributeField("email"), "mona@example.com", "password", "Passw0rd!")
		page := other.submit(other.get("/login"), "username", "mona", "password", "Passw0rd!").want(http.StatusOK, "not confirmed yet")
		other.submit(page, "code", w.sent(t).Code).code()
	})
}

func TestSignUpByEmail(t *testing.T) {
	t.Parallel()
	w := pagesWorld(t, io.Discard, func(p *directory.Pool, _ *directory.Client) {
		p.UsernameAttributes = []string{"email"}
		p.Settings = map[string]json.RawMessage{"SchemaAttributes": json.RawMessage(`[{"Name":"sub","Required":true},{"Name":"email","Required":true},{"Name":"given_name","Required":true}]`)}
	})
	v := newVisitor(t, w)
	v.get("/login").want(http.StatusOK, `<label for="username">Email</label>`)
	page := v.get("/signup").want(http.StatusOK, `<label for="username">Email</label>`, "Given name")
	if strings.Count(page.body, "Email") != 1 {
		t.Errorf("asks for the address twice:\n%s", page.visible())
	}
	v.submit(page, "username", "mona", attributeField("given_name"), "Mona", "password", "Passw0rd!").want(http.StatusBadRequest, "Username should be an email.", `aria-invalid="true"`)
	page = v.submit(page, "username", "mona@example.com", attributeField("given_name"), "Mona", "password", "Passw0rd!").want(http.StatusOK, "m***@e***")
	claims := v.idToken(v.submit(page, "code", w.sent(t).Code))
	if claims["given_name"] != "Mona" || claims["cognito:username"] != claims["sub"] || claims["email"] != "mona@example.com" {
		t.Errorf("claims %v", claims)
	}
}

// Where the pool sends no codes, people hear that they have to wait.
func TestSignUpWithoutCode(t *testing.T) {
	t.Parallel()
	w := pagesWorld(t, io.Discard, func(p *directory.Pool, _ *directory.Client) { p.AutoVerifiedAttributes = nil })
	v := newVisitor(t, w)
	page := v.submit(v.get("/signup"), "username", "mona", "password", "Passw0rd!").want(http.StatusOK, "an administrator must confirm the account")
	v.submit(page, "password", "Passw0rd!").want(http.StatusBadRequest, "This user is not confirmed.")
}

// If only administrators create users or reset passwords, the pages reject it.
func TestOnlyAdministratorsCreateUsersAndResetPasswords(t *testing.T) {
	t.Parallel()
	w := pagesWorld(t, io.Discard, func(p *directory.Pool, _ *directory.Client) {
		p.AdminCreateUserOnly = true
		p.Settings = map[string]json.RawMessage{"AccountRecoverySetting": json.RawMessage(`{"RecoveryMechanisms":[{"Name":"admin_only","Priority":1}]}`)}
	})
	v := newVisitor(t, w)
	if login := v.get("/login"); strings.Contains(login.body, "/signup") || strings.Contains(login.body, "/forgotPassword") {
		t.Errorf("links that lead nowhere:\n%s", login.visible())
	}
	for _, path := range []string{"/signup", "/forgotPassword", "/confirmforgotPassword"} {
		if page := v.get(path); !strings.HasPrefix(page.location, "/login?") {
			t.Errorf("GET %s: %d to %q", path, page.status, page.location)
		}
		form := anyForm()
		form.Set(formField, csrfOf(v))
		if page := v.send(path+"?"+goodQuery().Encode(), form); !strings.HasPrefix(page.location, "/login?") {
			t.Errorf("POST %s: %d to %q", path, page.status, page.location)
		}
	}
}

func TestForgotPassword(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	w := pagesWorld(t, &log, nil)
	v := newVisitor(t, w)
	page := v.submit(v.get("/forgotPassword"), "username", "anaya").want(http.StatusOK, "If there is an account")
	code := w.sent(t).Code
	v.submit(page, "code", code, "password", "weak").want(http.StatusBadRequest, "Password did not conform with policy")
	v.submit(page, "code", "1", "password", "N3wPassword!").want(http.StatusBadRequest, wrongCodeText)
	page = v.submit(page, "code", code, "password", "N3wPassword!").want(http.StatusOK, "Your password is changed.")
	v.submit(page, "password", "Passw0rd!").want(http.StatusBadRequest, "Incorrect username or password.")
	v.submit(page, "password", "N3wPassword!").code()
	for _, secret := range []string{code, "N3wPassword!", "Passw0rd!", "anaya@example.com"} {
		if strings.Contains(log.String(), secret) {
			t.Errorf("the log holds %q", secret)
		}
	}
}

func TestForcedNewPassword(t *testing.T) {
	t.Parallel()
	w := pagesWorld(t, io.Discard, func(p *directory.Pool, _ *directory.Client) {
		p.Settings = map[string]json.RawMessage{"SchemaAttributes": json.RawMessage(`[{"Name":"email","Required":true},{"Name":"family_name","Required":true}]`)}
	})
	w.addUser(t, "temp", func(u *directory.User) {
		u.Status, u.Attributes = directory.ForceChangePassword, map[string]string{"email": "temp@example.com"}
	})
	v := newVisitor(t, w)
	page := v.submit(v.get("/login"), "username", "temp", "password", "Passw0rd!").want(http.StatusOK, "Choose your password", "Family name")
	if strings.Contains(page.body, ">Email<") {
		t.Error("asks for what is known")
	}
	family := attributeField("family_name")
	v.submit(page, "password", "weak", family, "Lee").want(http.StatusBadRequest, "Password did not conform with policy: Password not long enough", `value="Lee"`)
	v.submit(page, "password", "N3wPassword!").want(http.StatusBadRequest, "Please fill in this field.")
	claims := v.idToken(v.submit(page, "password", "N3wPassword!", family, "Lee"))
	if claims["family_name"] != "Lee" || w.user(t, "temp").Status != directory.Confirmed {
		t.Errorf("claims %v", claims)
	}
	v.submit(page, "password", "An0therOne!", family, "Lee").want(http.StatusBadRequest, "Please sign in again.")
	v.submit(v.get("/login"), "username", "temp", "password", "N3wPassword!").code()
}

const testSecret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"

func (w *world) totp(t testing.TB, secret string) string {
	t.Helper()
	code, err := totp.Code(secret, w.clock())
	if err != nil {
		t.Fatal(err)
	}
	return code
}

func TestTOTP(t *testing.T) {
	t.Parallel()
	w := pagesWorld(t, io.Discard, func(p *directory.Pool, _ *directory.Client) { p.MFA = "OPTIONAL" })
	w.addUser(t, "totp", func(u *directory.User) { u.TOTPSecret, u.TOTPEnabled = testSecret, true })
	v := newVisitor(t, w)
	signIn := func() shown {
		return v.submit(v.get("/login", "prompt", "login"), "username", "totp", "password", "Passw0rd!").want(http.StatusOK, "Enter your code")
	}
	page := signIn()
	v.submit(page, "code", "wrong").want(http.StatusBadRequest, "This code is not right.")
	good := w.totp(t, testSecret)
	claims := v.idToken(v.submit(page, "code", good))
	if amr, ok := claims["amr"].([]any); !ok || !slices.Equal(amr, []any{"pwd", "otp", "mfa"}) || claims["acr"] != "urn:cognito:loa:2" {
		t.Errorf("claims %v", claims)
	}
	v.submit(page, "code", good).want(http.StatusBadRequest, "Please sign in again.") // a used session
	page = signIn()
	v.submit(page, "code", good).want(http.StatusBadRequest, "used before")
	for range 4 {
		v.submit(page, "code", "000000")
	}
	w.move(30 * time.Second)
	v.submit(page, "code", w.totp(t, testSecret)).want(http.StatusBadRequest, "Please sign in again.") // too many attempts
	page = signIn()
	w.move(time.Hour)
	v.submit(page, "code", w.totp(t, testSecret)).want(http.StatusBadRequest, "Please sign in again.") // too late
	v.submit(page, "session", "", "code", w.totp(t, testSecret)).want(http.StatusBadRequest, "Please sign in again.")
	if reload := v.get("/mfa"); !strings.HasPrefix(reload.location, "/login?") {
		t.Errorf("a step's address: %d to %q", reload.status, reload.location)
	}
}

func TestMFASetup(t *testing.T) {
	t.Parallel()
	w := pagesWorld(t, io.Discard, func(p *directory.Pool, _ *directory.Client) { p.MFA = "ON" })
	v := newVisitor(t, w)
	page := v.submit(v.get("/login"), "username", "anaya", "password", "Passw0rd!").want(http.StatusOK, "otpauth://totp/local:anaya?issuer=local&secret=")
	secret := regexp.MustCompile(`<code>([A-Z2-7]{52})</code>`).FindStringSubmatch(page.body)[1]
	again := v.submit(page, "code", "000000").want(http.StatusBadRequest, secret, "This code is not right.")
	claims := v.idToken(v.submit(again, "code", w.totp(t, secret)))
	if amr, ok := claims["amr"].([]any); !ok || !slices.Equal(amr, []any{"pwd", "otp", "mfa"}) {
		t.Errorf("claims %v", claims)
	}
	v.submit(page, "code", w.totp(t, secret)).want(http.StatusBadRequest, "Please sign in again.")
	w.move(time.Minute)
	page = v.submit(v.get("/login"), "username", "anaya", "password", "Passw0rd!").want(http.StatusOK, "Enter your code")
	v.submit(page, "code", w.totp(t, secret)).code()
}

// A password that an administrator has reset leads to the page for a new one.
func TestResetRequired(t *testing.T) {
	t.Parallel()
	w := pagesWorld(t, io.Discard, nil)
	if err := w.accounts.ResetPassword(t.Context(), w.pool, "anaya"); err != nil {
		t.Fatal(err)
	}
	v := newVisitor(t, w)
	page := v.submit(v.get("/login"), "username", "anaya", "password", "Passw0rd!").want(http.StatusOK, "must be reset")
	v.submit(page, "code", w.sent(t).Code, "password", "N3wPassword!").want(http.StatusOK, "Your password is changed.")
}
