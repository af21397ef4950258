package poolserve

import (
	"encoding/json"
	"fmt"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/poolguard/poolguard/internal/terminal"
	"github.com/poolguard/poolguard/userpool"
)

// trustLines says how clients come to trust the server's certificate: lines after
// which the others work.
func (t *startText) trustLines(b *terminal.Page) {
	if t.certificate == nil || t.certificate.Authority == nil {
		return
	}
	path := t.certificate.AuthorityPath
	if path == "" {
		path = "poolguard-ca.pem"
		title(b, "What clients must trust, and nothing more; its key is gone:")
		fmt.Fprintf(b, "cat > %s <<END\n%sEND\n", path, t.certificate.Authority)
	}
	if absolute, err := filepath.Abs(path); err == nil {
		path = absolute
	}
	title(b, "In the shell of a client: curl, Go and others; Node.js; AWS; Python")
	b.Paste("CA="+quoteShell(path),
		`export SSL_CERT_FILE="$CA" CURL_CA_BUNDLE="$CA" NODE_EXTRA_CA_CERTS="$CA"`,
		`export AWS_CA_BUNDLE="$CA" REQUESTS_CA_BUNDLE="$CA"`)
}

// signInLine is an address to open, of the first client that has a callback.
func (t *startText) signInLine(b *terminal.Page) {
	for _, c := range t.pool.Clients {
		if t.deleted[c.ID] || !slices.Contains(c.Flows, userpool.FlowCode) || len(c.CallbackURLs) == 0 || len(c.Scopes) == 0 {
			continue
		}
		scope := c.Scopes[0]
		if slices.Contains(c.Scopes, "openid") {
			scope = "openid"
		}
		query := "response_type=code&client_id=" + url.QueryEscape(c.ID) +
			"&redirect_uri=" + url.QueryEscape(c.CallbackURLs[0]) + "&scope=" + url.QueryEscape(scope)
		title(b, "To sign in with a browser, as "+c.ID+" (your application listens at its callback):")
		b.Paste(t.url + "/oauth2/authorize?" + query)
		return
	}
}

// terminalLine is how to sign in from the terminal, where a client has the callback
// that poolguard login listens at, and tokens an issuer that is here.
func (t *startText) terminalLine(b *terminal.Page) {
	const callback = "http://localhost:8976/callback"
	for _, c := range t.pool.Clients {
		if t.deleted[c.ID] || c.Secret != "" || !slices.Contains(c.CallbackURLs, callback) || !slices.Contains(c.Scopes, "openid") ||
			!slices.Contains(c.Flows, userpool.FlowCode) || t.form != userpool.IssuerLocal {
			continue
		}
		lines := []string{t.command + " login --local"}
		if local := userpool.DefaultPool(); t.pool.ID != local.ID || c.ID != local.Clients[0].ID {
			lines = []string{
				t.command + " login --profile local --pool " + t.pool.ID + " --client-id " + quoteShell(c.ID) + ` \`,
				"  --issuer " + t.issuers[t.pool.ID] + " --domain " + t.url,
			}
		} else if t.url != DefaultURL {
			lines[0] += " --domain " + t.url
		}
		title(b, "To sign in from the terminal, and have a token:")
		b.Paste(append(lines, t.command+" token")...)
		return
	}
}

// title begins a group of lines to paste.
func title(b *terminal.Page, text string) {
	b.Line("")
	b.Paragraph(0, text)
	b.Line("")
}

// paste shows lines that work in a shell as they are.
func (t *startText) paste(b *terminal.Page) {
	t.pasteToken(b)
	t.pasteAWS(b)
	region, _, _ := strings.Cut(t.pool.ID, "_")
	title(b, "With the AWS SDK for JavaScript:")
	fmt.Fprintf(b, "  new CognitoIdentityProviderClient({\n    region: %q, endpoint: %q,\n  })\n", region, t.url)
}

func (t *startText) pasteToken(b *terminal.Page) {
	for n, c := range t.pool.Clients {
		if t.deleted[c.ID] || c.Secret == "" || !slices.Contains(c.Flows, userpool.FlowClientCredentials) {
			continue
		}
		title(b, "A token, and what it says:")
		fmt.Fprintf(b, `  TOKEN=$(curl -s %s/oauth2/token \
    -u %s:%s -d grant_type=client_credentials |
    sed 's/.*"access_token":"\([^"]*\)".*/\1/')
`, t.url, c.ID, t.shellSecret(n, c))
		fmt.Fprintf(b, "  %s verify --pool %s \\\n    --client-id %s --token-use access \\\n    %s \\\n    \"$TOKEN\"\n",
			t.command, t.pool.ID, c.ID, t.trust())
		return
	}
}

// shellSecret is a client's secret for a shell: what the file has, or where it is.
func (t *startText) shellSecret(n int, c userpool.Client) string {
	if t.origin != nil {
		switch o := t.origin(fmt.Sprintf("Pools[0].Clients[%d].Secret", n)); {
		case o.Env != "" && shellName.MatchString(o.Env):
			return "\"$" + o.Env + "\""
		case o.Env != "" || o.File != "":
			return "SECRET"
		}
	}
	return string(c.Secret) // has letters, digits, _ + - only
}

// pasteAWS is a sign-in by the AWS command line, of a client and a user that need
// nothing more than a password.
func (t *startText) pasteAWS(b *terminal.Page) {
	client := slices.IndexFunc(t.pool.Clients, func(c userpool.Client) bool {
		return !t.deleted[c.ID] && c.Secret == "" && (slices.Contains(c.AuthFlows, "ALLOW_USER_PASSWORD_AUTH") || slices.Contains(c.AuthFlows, "USER_PASSWORD_AUTH"))
	})
	user := -1
	for n, u := range t.pool.Users {
		if !u.Disabled && !u.Temporary && u.TOTPSecret == "" && t.from(fmt.Sprintf("Pools[0].Users[%d].Password", n)) == "" {
			user = n
			break
		}
	}
	if client < 0 || user < 0 {
		return
	}
	region, _, _ := strings.Cut(t.pool.ID, "_")
	title(b, "A sign-in with the AWS command line:")
	fmt.Fprintf(b, `  aws cognito-idp initiate-auth --no-sign-request --region %s \
    --endpoint-url %s \
    --client-id %s --auth-flow USER_PASSWORD_AUTH \
    --auth-parameters %s
`, region, t.url, t.pool.Clients[client].ID, authParameters(&t.pool.Users[user]))
}

var (
	shellName  = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
	plainShell = regexp.MustCompile(`^[A-Za-z0-9_@%+=:./-]+$`)
	// plainAWS needs neither the quotes nor the JSON of the AWS command line.
	plainAWS = regexp.MustCompile(`^[A-Za-z0-9_@%+:./!?#$*-]+$`)
)

func authParameters(u *userpool.User) string {
	password := string(u.Password)
	if plainAWS.MatchString(u.Username) && plainAWS.MatchString(password) {
		return quoteShell("USERNAME=" + u.Username + ",PASSWORD=" + password)
	}
	b, err := json.Marshal(map[string]string{"USERNAME": u.Username, "PASSWORD": password})
	if err != nil {
		return "''"
	}
	return quoteShell(terminal.EscapeJSON(b, false))
}

// quoteShell quotes text for a POSIX shell, where it needs that.
func quoteShell(text string) string {
	if plainShell.MatchString(text) {
		return text
	}
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}

// trust is the flag of verify by which it takes this pool's tokens. Tokens with an
// issuer of AWS are asked about there, unless the keys are said to be here.
func (t *startText) trust() string {
	if t.form == userpool.IssuerLocal {
		return "--issuer " + t.issuers[t.pool.ID]
	}
	return "--jwks " + t.url + "/" + t.pool.ID + "/.well-known/jwks.json"
}
