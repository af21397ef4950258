package profile

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"github.com/poolguard/poolguard/internal/address"
	"github.com/poolguard/poolguard/internal/yamlfile"
)

// DefaultName is the name of the profile if the user gives no other one.
const DefaultName = "default"

// DefaultPort is the port of the default callback URL, http://localhost:8976/callback.
const DefaultPort = 8976

// A Profile says where and how to sign in. The zero value cannot be used. The comment of
// each field is its key in the file.
type Profile struct {
	UserPoolID string   // user_pool
	Replicas   []string // replica_regions: where the pool is replicated, as in cognito.UserPool
	ClientID   string   // client_id
	Domain     string   // domain: the origin of the OAuth endpoints
	Issuer     string   // issuer: for a local pool, whose issuer is not Amazon's
	Scopes     []string // scopes: none means openid, or every scope of a machine's client
	Port       int      // port: 0 means DefaultPort
	Machine    bool     // machine: client credentials instead of a browser
	// Local reports that the client is one of the ready local pool, whose secrets are
	// public.
	Local  bool   // local
	Secret Secret // client_secret
}

// A Secret says where a client secret is: in an environment variable, or in a file whose
// path starts at the directory of the configuration file. The zero value means that
// there is none.
type Secret = yamlfile.Source

// RedirectURL returns the callback URL. One of the app client's callback URLs must be
// equal to it, character by character.
func (p *Profile) RedirectURL() string {
	return fmt.Sprintf("http://localhost:%d/callback", p.port())
}

func (p *Profile) port() int {
	if p.Port == 0 {
		return DefaultPort
	}
	return p.Port
}

// ListenPort returns the port of the callback URL.
func (p *Profile) ListenPort() int { return p.port() }

// OnThisMachine reports whether the user pool is a local one, with an issuer on loopback. It
// may have lost its keys since a sign-in.
func (p *Profile) OnThisMachine() bool {
	u, err := url.Parse(p.Issuer)
	return err == nil && address.IsLoopbackHost(u.Hostname())
}

// Names are part of file names, and some systems ignore the letter case of these.
var nameForm = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,62}$`)

// CheckName returns what is wrong with the name of a profile, "" for a good name. The
// reason continues a sentence that begins with the name.
func CheckName(name string) string {
	switch {
	case nameForm.MatchString(name):
		return ""
	case nameForm.MatchString(strings.ToLower(name)):
		return "has capital letters; the name of a profile has small letters, digits, \".\", \"_\" and \"-\""
	}
	return "is not a name of a profile; it must be up to 63 small letters, digits, \".\", \"_\" and \"-\", with a letter or digit first"
}

// A File is the content of the configuration file. The zero value is an empty file.
type File struct {
	// Default is the profile of a command that names none; "" means DefaultName.
	Default  string
	Profiles map[string]Profile
}
