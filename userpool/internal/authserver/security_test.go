package authserver

import (
	"bytes"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/poolguard/poolguard/userpool/internal/directory"
)

// formPaths are all paths that take a form of a page.
var formPaths = []string{
	"/login", "/signup", "/confirm", "/resendcode", "/forgotPassword", "/confirmforgotPassword",
	pathNewPassword, pathMFA, pathMFASetup, "/provider",
}

// anyForm has good values for every form of a known user.
func anyForm() url.Values {
	return url.Values{
		"username": {"anaya"}, "password": {"Passw0rd!"}, "code": {"123456"}, "session": {"x"}, "ticket": {"x"},
		"user_id": {"1234"}, "email": {"gina@example.com"}, "name": {"Gina"}, attributeField("email"): {"mona@example.com"},
	}
}

// Forms that the browser was not given do nothing.
func TestFormsCSRF(t *testing.T) {
	t.Parallel()
	w := pagesWorld(t, io.Discard, nil)
	v, attacker := newVisitor(t, w), newVisitor(t, w)
	own, foreign := csrfOf(v), csrfOf(attacker)
	for _, path := range formPaths {
		for name, tc := range map[string]struct {
			token  []string
			header []string
		}{
			"no token":           {nil, nil},
			"an empty token":     {[]string{""}, nil},
			"two tokens":         {[]string{own, own}, nil},
			"another browser's":  {[]string{foreign}, nil},
			"another site":       {[]string{own}, []string{"Sec-Fetch-Site", "cross-site"}},
			"another port's":     {[]string{own}, []string{"Sec-Fetch-Site", "same-site"}},
			"as a file upload":   {[]string{own}, []string{"Content-Type", "multipart/form-data; boundary=x"}},
			"as something plain": {[]string{own}, []string{"Content-Type", "text/plain"}},
		} {
			form := anyForm()
			form[formField] = tc.token
			page := v.do(http.MethodPost, path+"?"+goodQuery("identity_provider", "Google").Encode(), form, tc.header...)
			if page.status != http.StatusForbidden || !strings.Contains(page.body, "no longer valid") {
				t.Errorf("%s, %s: %d to %q", path, name, page.status, page.location)
			}
			checkPage(t, page)
		}
	}
	if len(w.messages) > 0 {
		t.Errorf("sent %d messages", len(w.messages))
	}
	if _, err := w.accounts.User(t.Context(), w.pool, "Google_1234"); err == nil {
		t.Error("a user was made")
	}
}

func TestFormsAreBounded(t *testing.T) {
	t.Parallel()
	w := pagesWorld(t, io.Discard, nil)
	v := newVisitor(t, w)
	token := csrfOf(v)
	for _, path := range formPaths {
		target := path + "?" + goodQuery("identity_provider", "Google").Encode()
		for name, value := range map[string]string{"too long": strings.Repeat("x", maxFormBytes), "not UTF-8": "\xff"} {
			form := anyForm()
			form.Set(formField, token)
			form.Set("username", value)
			v.do(http.MethodPost, target, form).want(http.StatusBadRequest, "could not be read")
			_ = name
		}
	}
}

// A client that hides who exists gets the same pages for everybody, byte for byte.
func TestUnknownUsersLookAlike(t *testing.T) {
	t.Parallel()
	w := pagesWorld(t, io.Discard, nil)
	email := map[string]string{"email": "x@example.com", "email_verified": "true"}
	for name, status := range map[string]directory.Status{"external": directory.ExternalProvider, "forced": directory.ForceChangePassword} {
		w.addUser(t, name, func(u *directory.User) { u.Status, u.Attributes = status, email })
	}
	w.addUser(t, "without", nil)
	w.addUser(t, "disabled", func(u *directory.User) { u.Disabled, u.Attributes = true, email })
	v := newVisitor(t, w)
	token := csrfOf(v)
	for _, path := range []string{"/login", "/forgotPassword", "/confirmforgotPassword", "/resendcode", "/confirm"} {
		var want shown
		for _, name := range []string{"nobody", "anaya", "without", "disabled", "external", "forced"} {
			form := url.Values{formField: {token}, "username": {name}, "password": {"Wr0ngPassw0rd!"}, "code": {"wrong"}, "ticket": {"x"}}
			page := v.do(http.MethodPost, path+"?"+goodQuery().Encode(), form)
			checkPage(t, page)
			page.body = strings.ReplaceAll(page.body, `"`+name+`"`, `"NAME"`)
			if name == "nobody" {
				want = page
				continue
			}
			if page.status != want.status || page.body != want.body {
				t.Errorf("%s for %s: %d, want %d:\n%s\n%s", path, name, page.status, want.status, page.visible(), want.visible())
			}
		}
	}
	// After too many codes, too.
	for range 7 {
		form := url.Values{formField: {token}, "username": {"anaya"}, "password": {"Wr0ngPassw0rd!"}, "code": {"wrong"}}
		v.do(http.MethodPost, "/confirmforgotPassword?"+goodQuery().Encode(), form).want(http.StatusBadRequest, wrongCodeText)
	}
}

// A client that does not hide it is told.
func TestUnknownUsersRevealed(t *testing.T) {
	t.Parallel()
	w := pagesWorld(t, io.Discard, func(_ *directory.Pool, c *directory.Client) { c.HideUnknownUsers = false })
	v := newVisitor(t, w)
	v.submit(v.get("/login"), "username", "nobody", "password", "x").want(http.StatusBadRequest, "User does not exist.")
	v.submit(v.get("/login"), "username", "anaya", "password", "x").want(http.StatusBadRequest, "Incorrect username or password.")
	v.submit(v.get("/forgotPassword"), "username", "nobody").want(http.StatusBadRequest, "Username/client id combination not found.")
	v.submit(v.get("/forgotPassword"), "username", "anaya").want(http.StatusOK, "a***@e***")
	v.submit(v.get("/confirm"), "username", "nobody", "code", "1").want(http.StatusBadRequest, "Username/client id combination not found.")
	v.again(v.submit(v.get("/confirm"), "username", "anaya")).want(http.StatusBadRequest, "User is already confirmed.")
}

// Whatever comes in shows as text (checkPage looks for more than that).
func TestPagesEscape(t *testing.T) {
	t.Parallel()
	for _, payload := range []string{
		`"><script>alert(1)</script>`, `' onfocus=alert(1) autofocus x='`, `" onfocus="alert(1)`, "javascript:alert(1)",
		`{{.}}</style></title><img src=x onerror=alert(1)>`, "</textarea><svg/onload=alert(1)>",
	} {
		w := pagesWorld(t, io.Discard, func(p *directory.Pool, c *directory.Client) { p.Name, c.Name = payload, payload })
		w.addUser(t, "temp", func(u *directory.User) { u.Status = directory.ForceChangePassword })
		v := newVisitor(t, w)
		token := csrfOf(v)
		pairs := []string{"state", payload, "nonce", payload, "login_hint", payload, "lang", payload, payload, payload, "identity_provider", "Google"}
		for _, path := range formPaths {
			v.get(path, pairs...)
			form := anyForm()
			for name := range form {
				form.Set(name, payload)
			}
			form.Set(formField, token)
			page := v.send(path+"?"+goodQuery(pairs...).Encode(), form)
			if strings.Contains(page.visible(), payload) && strings.ContainsAny(payload, `<"`) {
				t.Errorf("%s: unescaped:\n%s", path, page.visible())
			}
		}
		checkPage(t, v.do(http.MethodGet, "/", nil))
		checkPage(t, v.do(http.MethodGet, "/error?error="+url.QueryEscape(payload)+"&client_id="+url.QueryEscape(payload), nil))
	}
}

// What signs somebody in is in no URL and in no log.
func TestNoSecretInURLsAndLogs(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	w := pagesWorld(t, &log, func(p *directory.Pool, _ *directory.Client) { p.MFA = "ON" })
	v := newVisitor(t, w)
	secrets := []string{"Passw0rd!", "hunter2"}
	step := v.submit(v.get("/login"), "username", "anaya", "password", "Passw0rd!")
	failed := v.submit(step, "code", "987654")
	signUp := v.submit(v.get("/signup"), "username", "mona", attributeField("email"), "mona@example.com", "password", "Passw0rd!")
	v.submit(signUp, "code", "987654")
	v.submit(v.get("/login"), "username", "hunter2", "password", "hunter2")
	for _, page := range []shown{step, failed, signUp} {
		action, form := page.form()
		for _, name := range []string{fieldSession, fieldTicket, formField} {
			if form.Get(name) == "" {
				continue
			}
			secrets = append(secrets, form.Get(name))
			if strings.Contains(action, form.Get(name)) {
				t.Errorf("%s is in the URL", name)
			}
		}
		secrets = append(secrets, "987654", w.sent(t).Code)
	}
	for _, secret := range secrets {
		if strings.Contains(log.String(), secret) {
			t.Errorf("the log holds %q:\n%s", secret, &log)
		}
	}
}

func TestHomePage(t *testing.T) {
	t.Parallel()
	w := pagesWorld(t, io.Discard, func(_ *directory.Pool, c *directory.Client) { c.Secret = "hush" })
	v := newVisitor(t, w)
	page := v.do(http.MethodGet, "/", nil).want(http.StatusOK, testPublic+"/"+testPool, "/"+testPool+"/.well-known/jwks.json", "/inspect", "local-client")
	checkPage(t, page)
	if strings.Contains(page.body, "hush") || strings.Contains(page.body, "anaya") {
		t.Errorf("the page says too much:\n%s", page.visible())
	}
	link := signInURL(w.client(t).Client)
	if got := v.do(http.MethodGet, link, nil); !strings.HasPrefix(got.location, "/login?") {
		t.Errorf("the link leads to %q", got.location)
	}
}

// Every code has words, and a page of its own.
func TestErrorPages(t *testing.T) {
	t.Parallel()
	v := newVisitor(t, newWorld(t, io.Discard, nil))
	for _, code := range []string{
		codeInvalidRequest, codeInvalidClient, codeInvalidGrant, codeInvalidScope, codeUnauthorizedClient, codeUnsupportedGrantType,
		codeLoginRequired, codeServerError, codeUnsupportedTokenType, codeInvalidToken, codeInsufficientScope, codeRedirectMismatch,
	} {
		page := v.do(http.MethodGet, "/error?error="+code, nil).want(http.StatusBadRequest, "<code>"+code+"</code>", errorPages[code].Title)
		checkPage(t, page)
	}
	checkPage(t, v.do(http.MethodGet, "/error?error=nonsense", nil).want(http.StatusBadRequest, codeInvalidRequest))
}
