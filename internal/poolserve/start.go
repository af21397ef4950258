package poolserve

import (
	"fmt"
	"strings"
	"time"

	"github.com/poolguard/poolguard/internal/localtls"
	"github.com/poolguard/poolguard/internal/serve"
	"github.com/poolguard/poolguard/internal/terminal"
	"github.com/poolguard/poolguard/internal/yamlfile"
	"github.com/poolguard/poolguard/userpool"
)

// startText is the text at the start.
type startText struct {
	style   terminal.Style
	pool    userpool.Pool
	more    []userpool.Pool     // after pool
	stored  []userpool.PoolInfo // that only the storage has
	deleted map[string]bool     // IDs of pools and clients that the storage has no more
	url     string
	form    userpool.IssuerForm
	issuers map[string]string // by the ID of a pool that the server has
	command string
	open    bool // to others than this machine

	inspector, controls bool
	data                string // the directory, or ""
	origin              func(field string) yamlfile.Source
	certificate         *localtls.Certificate
}

// mostListed is how many clients, users and pools are listed in full.
const mostListed = 10

func newStartText(config Config, infos []userpool.PoolInfo) *startText {
	pools := shown(config.Pool.Pools, config.Pool.Descriptions)
	t := &startText{
		style: config.Style, pool: pools[0], more: pools[1:], url: config.Pool.PublicURL,
		form: config.Pool.IssuerForm, issuers: issuersOf(infos), command: config.Command, open: !serve.IsLocal(config.Listener.Addr()),
		inspector: true, controls: config.Pool.Controls, data: config.Data, origin: config.Origin, certificate: config.Certificate,
	}
	t.stored, t.deleted = stored(infos, pools)
	return t
}

func (t *startText) String() string {
	b := terminal.NewPage(t.style)
	b.Paragraph(0, t.style.Strong("Local user pool "+t.pool.ID)+" at "+t.url+"\n")
	t.describe(b, 0, &t.pool)
	for n := range t.more[:min(len(t.more), mostListed)] {
		fmt.Fprintf(b, "\n%s\n\n", t.style.Strong("User pool "+t.more[n].ID))
		t.describe(b, n+1, &t.more[n])
	}
	t.rest(b, len(t.more)-mostListed, "user pool")
	b.Line("")
	for n, info := range t.stored {
		if n == mostListed {
			t.rest(b, len(t.stored)-n, "stored pool")
			break
		}
		t.row(b, "stored pool", info.ID+", "+counted(len(info.ClientIDs), "client"))
	}
	t.around(b)
	t.trustLines(b)
	t.signInLine(b)
	t.terminalLine(b)
	t.paste(b)
	t.warn(b)
	return b.String()
}

// describe writes what a pool has. number is its own among the pools.
func (t *startText) describe(b *terminal.Page, number int, pool *userpool.Pool) {
	if t.deleted[pool.ID] {
		t.row(b, "deleted", "an edit of its configuration, or another --data, brings it back")
		return
	}
	t.row(b, "issuer", t.issuers[pool.ID])
	t.row(b, "key set", t.url+"/"+pool.ID+"/.well-known/jwks.json")
	t.row(b, "discovery", "/"+pool.ID+"/.well-known/openid-configuration") // with the origin, too long for a line
	brief := len(pool.Clients) > mostListed
	for n, c := range pool.Clients[:min(len(pool.Clients), mostListed)] {
		if !brief || n == 0 {
			b.Line("")
		}
		t.client(b, c, t.from(fmt.Sprintf("Pools[%d].Clients[%d].Secret", number, n)), brief)
	}
	t.rest(b, len(pool.Clients)-mostListed, "client")
	if len(pool.Users) > 0 {
		b.Line("")
	}
	for n, u := range pool.Users[:min(len(pool.Users), mostListed)] {
		t.user(b, u, t.from(fmt.Sprintf("Pools[%d].Users[%d].Password", number, n)))
	}
	t.rest(b, len(pool.Users)-mostListed, "user")
	if len(pool.Users) == 0 {
		t.row(b, "users", "none yet: they sign up, or AdminCreateUser makes them")
	}
}

// from says where a secret is that the file only names, "" for one to show.
func (t *startText) from(field string) string {
	if t.origin == nil {
		return ""
	}
	switch o := t.origin(field); {
	case o.Env != "":
		return "of $" + t.style.Escape(o.Env)
	case o.File != "":
		return "of the file " + terminal.Unbroken(t.style.Escape(o.File))
	}
	return ""
}

func (t *startText) rest(b *terminal.Page, n int, what string) {
	if n > 0 {
		t.row(b, "", "and "+counted(n, "more "+what))
	}
}

func (t *startText) row(b *terminal.Page, name, value string) {
	b.Entry(2, 12, t.style.Faint(name), value, terminal.Plain)
}

func (t *startText) client(b *terminal.Page, c userpool.Client, from string, brief bool) {
	kind := ", public"
	switch {
	case t.deleted[c.ID]:
		t.row(b, "client", c.ID+", deleted")
		return
	case from != "":
		kind = ", secret " + from
	case c.Secret != "":
		kind = ", secret " + string(c.Secret)
	}
	t.row(b, "client", c.ID+kind)
	if brief {
		return
	}
	if len(c.Scopes) > 0 {
		t.row(b, "  scopes", strings.Join(c.Scopes, " "))
	}
	for n, u := range c.CallbackURLs {
		t.row(b, []string{"  callback", ""}[min(n, 1)], u)
	}
	for n, u := range c.SignOutURLs {
		t.row(b, []string{"  sign-out", ""}[min(n, 1)], u)
	}
}

func (t *startText) user(b *terminal.Page, u userpool.User, from string) {
	password := "password "
	if u.Temporary {
		password = "temporary password "
	}
	if from == "" {
		from = terminal.Unbroken(t.style.Escape(string(u.Password)))
	}
	text := terminal.Unbroken(t.style.Escape(u.Username)) + ", " + password + from
	if len(u.Groups) > 0 {
		text += ", in " + t.style.Escape(strings.Join(u.Groups, ", "))
	}
	if u.TOTPSecret != "" {
		text += ", with an authenticator app"
	}
	if u.Disabled {
		text += ", disabled"
	}
	t.row(b, "user", text)
}

// around tells what there is beside the pools.
func (t *startText) around(b *terminal.Page) {
	if t.inspector {
		t.row(b, "inspector", t.url+"/inspect")
	}
	if t.controls {
		t.row(b, "controls", t.url+"/_local/ lists them:")
		for _, line := range []string{
			"GET, POST, DELETE /_local/clock    move the time",
			"POST /_local/keys/rotate           new signing keys",
			"POST /_local/keys/withdraw         take a key out of the key set",
			"GET, POST, DELETE /_local/faults   errors, delays, throttling",
			"POST /_local/mint                  tokens, good and bad",
		} {
			t.row(b, "", line)
		}
	}
	if t.data == "" {
		t.row(b, "storage", "memory: nothing outlives this process")
	} else {
		t.row(b, "storage", terminal.Unbroken(t.style.Escape(t.data))+", with the signing keys; what was changed there stays")
	}
	if c := t.certificate; c != nil {
		what := "certificate"
		t.row(b, what, "until "+c.NotAfter.UTC().Format(time.DateOnly)+", SHA-256")
		t.row(b, "", c.SHA256)
		if c.AuthorityPath != "" {
			t.row(b, "", "trust: "+terminal.Unbroken(t.style.Escape(c.AuthorityPath)))
		}
	}
}

// showsPasswords reports whether the text has the password of a user.
func (t *startText) showsPasswords() bool {
	pools := append([]userpool.Pool{t.pool}, t.more[:min(len(t.more), mostListed)]...)
	for number, pool := range pools {
		for n := range pool.Users[:min(len(pool.Users), mostListed)] {
			if !t.deleted[pool.ID] && t.from(fmt.Sprintf("Pools[%d].Users[%d].Password", number, n)) == "" {
				return true
			}
		}
	}
	return false
}

func (t *startText) warn(b *terminal.Page) {
	text := "For development only: AWS signatures are not checked, nothing outlives this process, and the passwords above are public."
	if !t.showsPasswords() {
		text = "For development only: AWS signatures are not checked, and nothing outlives this process."
	}
	if t.data != "" {
		text = strings.Replace(text, "nothing outlives this process", "a person who can read "+terminal.Unbroken(t.style.Escape(t.data))+" can sign tokens", 1)
	}
	if t.controls {
		text += " Every client that reaches the address can use the controls."
	}
	if t.open {
		text += " It listens beyond this machine: every client that reaches it can sign in."
	}
	b.Line("")
	fmt.Fprint(b, t.style.Hang("", "", text, t.style.Doubt))
	b.Line("\nRunning until Ctrl-C.\n")
}
