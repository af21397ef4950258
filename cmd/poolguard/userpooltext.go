package main

import (
	"fmt"
	"strings"

	"github.com/poolguard/poolguard/userpool"
)

// serveText is what userpool serve says at its start.
type serveText struct {
	style   style
	pool    userpool.Pool
	url     string
	issuer  userpool.IssuerForm
	command string
	open    bool // to others than this machine
}

func (t *serveText) issuerURL() string {
	region, _, _ := strings.Cut(t.pool.ID, "_")
	switch t.issuer {
	case userpool.IssuerOriginal:
		return "https://cognito-idp." + region + ".amazonaws.com/" + t.pool.ID
	case userpool.IssuerUpdated:
		return "https://issuer-cognito-idp." + region + ".amazonaws.com/" + t.pool.ID
	default:
		return t.url + "/" + t.pool.ID
	}
}

func (t *serveText) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s at %s\n\n", t.style.strong("Local user pool "+t.pool.ID), t.url)
	t.row(&b, "issuer", t.issuerURL())
	t.row(&b, "key set", t.url+"/"+t.pool.ID+"/.well-known/jwks.json")
	t.row(&b, "discovery", "/"+t.pool.ID+"/.well-known/openid-configuration") // with the origin, too long for a line
	for _, c := range t.pool.Clients {
		b.WriteByte('\n')
		t.client(&b, c)
	}
	b.WriteByte('\n')
	for _, u := range t.pool.Users {
		t.row(&b, "user", fmt.Sprintf("%s, password %s, in %s", u.Username, string(u.Password), strings.Join(u.Groups, ", ")))
	}
	t.paste(&b)
	t.warn(&b)
	return b.String()
}

func (t *serveText) row(b *strings.Builder, name, value string) {
	fmt.Fprintf(b, "  %s%s\n", t.style.faint(fmt.Sprintf("%-12s", name)), value)
}

func (t *serveText) client(b *strings.Builder, c userpool.Client) {
	kind := ", public"
	if c.Secret != "" {
		kind = ", secret " + string(c.Secret)
	}
	t.row(b, "client", c.ID+kind)
	const room = 14 // for the names
	for n, line := range wrap(strings.Join(c.Scopes, " "), t.style.width-room) {
		t.row(b, []string{"  scopes", ""}[min(n, 1)], line)
	}
	for n, u := range c.CallbackURLs {
		t.row(b, []string{"  callback", ""}[min(n, 1)], u)
	}
	for n, u := range c.SignOutURLs {
		t.row(b, []string{"  sign-out", ""}[min(n, 1)], u)
	}
}

// paste shows lines that work in a shell as they are.
func (t *serveText) paste(b *strings.Builder) {
	for _, c := range t.pool.Clients {
		if c.Secret == "" {
			continue
		}
		fmt.Fprintf(b, `
A token, and what it says:

  TOKEN=$(curl -s %s/oauth2/token \
    -u %s:%s -d grant_type=client_credentials |
    sed 's/.*"access_token":"\([^"]*\)".*/\1/')
`, t.url, c.ID, string(c.Secret))
		fmt.Fprintf(b, "  %s verify --pool %s \\\n    --client-id %s --token-use access \\\n    %s \\\n    \"$TOKEN\"\n",
			t.command, t.pool.ID, c.ID, t.trust())
		return
	}
}

// trust is the flag of verify by which it takes this pool's tokens. Tokens with an
// issuer of AWS are asked about there, unless the keys are said to be here.
func (t *serveText) trust() string {
	if t.issuer == userpool.IssuerLocal {
		return "--issuer " + t.issuerURL()
	}
	return "--jwks " + t.url + "/" + t.pool.ID + "/.well-known/jwks.json"
}

func (t *serveText) warn(b *strings.Builder) {
	text := "For development only: AWS signatures are not checked, nothing outlives this process, and the passwords above are known to everybody."
	if t.open {
		text += " It listens beyond this machine: whoever reaches it can sign in."
	}
	b.WriteByte('\n')
	for _, line := range wrap(text, t.style.width) {
		b.WriteString(t.style.doubt(line) + "\n")
	}
	b.WriteString("\nRunning until Ctrl-C.\n\n")
}
