package main

import (
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"strings"
)

// browse is a browser for $BROWSER: a process that is given an address. It signs
// $BROWSER_USER in with the pool's pages and goes wherever they send it. $BROWSER_DOES
// is for people who do something else:
//
//	deny       come back with the pool's error
//	stranger   come back with a code of another sign-in, then deny
//	note FILE  write where the pool sent the browser to a file, and do not go there
//	fail       do not open
func browse() {
	if err := browseTo(os.Args[len(os.Args)-1]); err != nil {
		fmt.Fprintln(os.Stderr, "browser:", err)
		os.Exit(1)
	}
}

func browseTo(address string) error {
	what, file, _ := strings.Cut(os.Getenv("BROWSER_DOES"), " ")
	start, err := url.Parse(address)
	if err != nil {
		return err
	}
	callback, state := start.Query().Get("redirect_uri"), start.Query().Get("state")
	switch what {
	case "fail":
		return fmt.Errorf("there is no display")
	case "stranger":
		if page, err := get(callback + "?code=stolen&state=other"); err != nil || !strings.Contains(page, "not the sign-in that the terminal waits for") {
			return fmt.Errorf("%w\n%s", err, page)
		}
		fallthrough
	case "deny":
		_, err := get(callback + "?" + url.Values{"error": {"access_denied"}, "error_description": {"no, thanks"}, "state": {state}}.Encode())
		return err
	}
	back, err := signInAt(address, os.Getenv("BROWSER_USER"))
	if err != nil {
		return err
	}
	if what == "note" {
		return os.WriteFile(file, []byte(back+"\n"), 0o600)
	}
	page, err := get(back)
	if err == nil && (!strings.Contains(page, "You can close this page") || !strings.Contains(page, "<h1>Signed in as ")) {
		err = fmt.Errorf("%s", page)
	}
	return err
}

func get(address string) (page string, err error) {
	response, err := http.Get(address)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	return string(text), err
}

// signInAt opens an authorization address, fills in the form, and returns where the
// pool sends the browser then.
func signInAt(address, user string) (back string, err error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return "", err
	}
	browser := &http.Client{Jar: jar, CheckRedirect: func(r *http.Request, _ []*http.Request) error {
		if r.URL.Path == "/callback" {
			return http.ErrUseLastResponse
		}
		return nil
	}}
	response, err := browser.Get(address)
	if err != nil {
		return "", err
	}
	page, err := io.ReadAll(response.Body)
	response.Body.Close()
	action := formAction.FindSubmatch(page)
	if err != nil || action == nil {
		return "", fmt.Errorf("no form: %w\n%s", err, page)
	}
	to, err := response.Request.URL.Parse(html.UnescapeString(string(action[1])))
	if err != nil {
		return "", err
	}
	fields := url.Values{}
	for _, input := range formInput.FindAllSubmatch(page, -1) {
		value := ""
		if found := inputValue.FindSubmatch(input[0]); found != nil {
			value = html.UnescapeString(string(found[1]))
		}
		fields.Set(string(input[1]), value)
	}
	if user == "" {
		user = "anaya"
	}
	fields.Set("username", user)
	fields.Set("password", "Passw0rd!")
	response, err = browser.PostForm(to.String(), fields)
	if err != nil {
		return "", err
	}
	response.Body.Close()
	return response.Header.Get("Location"), nil
}
