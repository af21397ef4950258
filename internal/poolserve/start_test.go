package poolserve

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/poolguard/poolguard/internal/localtls"
	"github.com/poolguard/poolguard/internal/terminal"
	"github.com/poolguard/poolguard/internal/yamlfile"
	"github.com/poolguard/poolguard/userpool"
)

var localIssuer = map[string]string{userpool.DefaultPool().ID: "http://127.0.0.1:65535/us-east-1_Local0001"}

// Only a line to paste, and a single word, can be wider than the terminal.
func TestStartTextWrapsBetweenWords(t *testing.T) {
	for _, width := range []int{40, 80, 120} {
		text := startText{
			style: terminal.Style{Terminal: true, Width: width}, pool: userpool.DefaultPool(), url: "http://127.0.0.1:65535",
			form: userpool.IssuerLocal, issuers: localIssuer, command: "go run ./cmd/poolguard", controls: true, inspector: true, open: true,
			data: "/home/anaya/My Files/a folder with a long name/pool",
		}
		report, _, found := strings.Cut(text.String(), "\nTo sign in with a browser")
		if !found {
			t.Fatalf("nothing to paste in\n%s", text.String())
		}
		_, warning, _ := strings.Cut(text.String(), "\nFor development only")
		for line := range strings.Lines(report + warning) {
			line = strings.TrimSpace(line)
			if strings.Contains(line, text.data) {
				continue // a path is one word
			}
			if before := line[:max(strings.LastIndex(line, " "), 0)]; utf8.RuneCountInString(before) > width-2 ||
				utf8.RuneCountInString(line) > width && utf8.RuneCountInString(line)-len(before) < width-16 {
				t.Errorf("width %d: too long: %s", width, line)
			}
		}
		if !strings.Contains(report, text.data) {
			t.Errorf("width %d: the path is broken:\n%s", width, report)
		}
	}
}

// A line that a terminal breaks is hard to copy. An address by itself has no place
// to break.
func TestLinesToPasteFitInto80Columns(t *testing.T) {
	for _, form := range []userpool.IssuerForm{userpool.IssuerLocal, userpool.IssuerOriginal, userpool.IssuerUpdated} {
		const url = "http://127.0.0.1:65535"
		server, err := userpool.New(userpool.Config{PublicURL: url, IssuerForm: form})
		if err != nil {
			t.Fatal(err)
		}
		served, err := server.Pools(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		text := startText{
			style: terminal.Style{Width: 80}, pool: userpool.DefaultPool(), url: url,
			form: form, issuers: issuersOf(served), command: "go run ./cmd/poolguard",
		}
		_, paste, found := strings.Cut(text.String(), "\nA token, and what it says:\n")
		if !found {
			t.Fatalf("no lines to paste in\n%s", text.String())
		}
		for line := range strings.Lines(paste) {
			if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); n > 80 {
				t.Errorf("issuer %s: %d columns: %s", form, n, line)
			}
		}
	}
}

// What was deleted from the storage is not offered for use.
func TestDeletedPoolsAndClientsAreNotOffered(t *testing.T) {
	text := startText{pool: userpool.DefaultPool(), url: "http://pool.test", form: userpool.IssuerLocal, issuers: localIssuer, command: "poolguard", data: "pool"}
	if got := text.String(); strings.Contains(got, "deleted") || !strings.Contains(got, "-u local-machine") {
		t.Errorf("nothing is deleted:\n%s", got)
	}
	text.deleted = map[string]bool{"local-machine": true}
	if got := text.String(); !strings.Contains(got, "local-machine, deleted\n") || strings.Contains(got, "-u local-machine") {
		t.Errorf("a client is deleted:\n%s", got)
	}
	text.deleted = map[string]bool{userpool.DefaultPool().ID: true, "local-client": true, "local-machine": true}
	if got := text.String(); !strings.Contains(got, "\n  deleted ") || strings.Contains(got, "local-client") || strings.Contains(got, "issuer") {
		t.Errorf("the pool is deleted:\n%s", got)
	}
}

// An imported pool has no users, so there are no passwords to warn about.
func TestPasswordsAreMentionedIfTheyAreShown(t *testing.T) {
	text := startText{pool: userpool.DefaultPool(), url: "http://pool.test", form: userpool.IssuerLocal, issuers: localIssuer, command: "poolguard"}
	const passwords = "the passwords above are public."
	if got := flat(text.String()); !strings.Contains(got, passwords) {
		t.Errorf("they are not mentioned:\n%s", got)
	}
	text.origin = func(string) yamlfile.Source { return yamlfile.Source{Env: "PASSWORD"} }
	if got := flat(text.String()); strings.Contains(got, passwords) {
		t.Errorf("the environment has them:\n%s", got)
	}
	text.origin, text.pool.Users, text.data = nil, nil, "pool"
	if got := flat(text.String()); strings.Contains(got, passwords) || !strings.Contains(got, "are not checked, and a person who can read pool can sign tokens.") {
		t.Errorf("there are no users:\n%s", got)
	}
}

// flat is text on one line.
func flat(text string) string { return strings.Join(strings.Fields(text), " ") }

// Attack: an imported description or a configuration with text that a terminal obeys.
func TestStartTextEscapesEveryValue(t *testing.T) {
	const attack = "\u009b2J\x1b[2J\u202e\u3164"
	pool := userpool.DefaultPool()
	pool.Users[0].Username, pool.Users[0].Password, pool.Users[0].Groups = "u"+attack, "p"+attack, []string{"g" + attack}
	pool.Clients[0].Scopes = append(pool.Clients[0].Scopes, "s/"+attack)
	pool.Clients[0].CallbackURLs = append([]string{"https://app.example/" + attack}, pool.Clients[0].CallbackURLs...)
	pool.Clients[0].SignOutURLs = []string{"https://app.example/" + attack}
	text := startText{
		style: terminal.Style{Unicode: true}, pool: pool, url: "http://pool.test", form: userpool.IssuerLocal, issuers: localIssuer,
		command: "poolguard", data: "d" + attack, stored: []userpool.PoolInfo{{ID: "i" + attack}},
		certificate: &localtls.Certificate{Authority: []byte("PEM"), AuthorityPath: "a" + attack},
	}
	got := text.String()
	if strings.ContainsAny(got, "\u009b\x1b\u202e\u3164") {
		t.Errorf("something is not escaped:\n%q", got)
	}
	if want := `https://app.example/\u{9b}2J\x1b[2J\u{202e}\u{3164}`; strings.Count(got, want) != 2 {
		t.Errorf("want the callback and the sign-out URL as %s:\n%s", want, got)
	}
}

func TestMessagesAreEscaped(t *testing.T) {
	for want, m := range map[string]userpool.Message{
		"code for anaya to confirm sign-up: 123456 (by e-mail to a@example.com)": {
			Username: "anaya", Purpose: "confirm sign-up", Code: "123456", Medium: "EMAIL", Destination: "a@example.com",
		},
		"temporary password for kim: Ab1!x (by text message to +15550100)": {
			Username: "kim", Purpose: "temporary password", Code: "Ab1!x", Medium: "SMS", Destination: "+15550100",
		},
		`code for a\x1b[31m to reset password: 1 (by e-mail to x\x0ay)`: {
			Username: "a\x1b[31m", Purpose: "reset password", Code: "1", Medium: "EMAIL", Destination: "x\ny",
		},
	} {
		if got := messageLine(m); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}
