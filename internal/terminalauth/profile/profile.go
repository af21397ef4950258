package profile

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/poolguard/poolguard/internal/yamlfile"
)

// DefaultName is the name of the profile that is used if the user names none.
const DefaultName = "default"

// DefaultPort is the port of http://localhost:8976/callback, the redirect URL of
// sign-ins.
const DefaultPort = 8976

// A Profile is a way to sign in. The zero value cannot be used.
type Profile struct {
	UserPoolID string   // user_pool
	ClientID   string   // client_id
	Domain     string   // domain: the origin of the OAuth endpoints
	Issuer     string   // issuer: where it is not Amazon's; for a local pool
	Scopes     []string // scopes: none means openid, or all that a machine has
	Port       int      // port: 0 means DefaultPort
	Machine    bool     // machine: client credentials instead of a browser
	// Local marks a client of the ready local pool, whose secrets are published.
	Local  bool   // local
	Secret Secret // client_secret
}

// A Secret says where a client secret is: in an environment variable, or in a file whose
// path starts at the directory of the configuration file. The zero value means that
// there is none.
type Secret = yamlfile.Source

// RedirectURL is the address that the pool sends the browser to after a sign-in: one of
// the app client's callback URLs, character by character.
func (p *Profile) RedirectURL() string {
	return fmt.Sprintf("http://localhost:%d/callback", p.port())
}

func (p *Profile) port() int {
	if p.Port == 0 {
		return DefaultPort
	}
	return p.Port
}

// ListenPort is the port of the redirect URL.
func (p *Profile) ListenPort() int { return p.port() }

// Names are those of files, too, also where these know no letter case.
var nameForm = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,62}$`)

// CheckName says what is wrong with a profile's name, "" where it is a good one. The
// reason continues a sentence that begins with the name.
func CheckName(name string) string {
	switch {
	case nameForm.MatchString(name):
		return ""
	case nameForm.MatchString(strings.ToLower(name)):
		return "has capitals: a profile's name has small letters, digits, \".\", \"_\" and \"-\""
	}
	return "is no name of a profile: up to 63 small letters, digits, \".\", \"_\" and \"-\", with a letter or digit first"
}

// A File is the content of the configuration file. The zero value is that of none.
type File struct {
	// Default names the profile of commands without --profile, "" for DefaultName.
	Default  string
	Profiles map[string]Profile
}
