package selection

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/poolguard/poolguard/cognito/oauth"
	"github.com/poolguard/poolguard/internal/terminal"
	"github.com/poolguard/poolguard/internal/terminalauth/tokenstore"
	"github.com/poolguard/poolguard/userpool"
)

// MaxSecretBytes bounds a file with a client secret.
const MaxSecretBytes = 64 << 10

// Secret returns the client secret that the profile names, "" for a public client. getenv
// reads the environment, and read reads a file.
func (s *Selection) Secret(getenv func(string) string, read func(path string) ([]byte, error)) (oauth.Secret, error) {
	switch from := s.Profile.Secret; {
	case from.Env != "":
		if secret := getenv(from.Env); secret != "" {
			return oauth.Secret(secret), nil
		}
		return "", fmt.Errorf("the client secret must be in the environment variable %s, which is not set", terminal.Escape(from.Env, true))
	case from.File != "":
		path := from.File
		if !filepath.IsAbs(path) {
			path = filepath.Join(filepath.Dir(s.Path), path)
		}
		return ReadSecret(path, read)
	case s.Profile.Local:
		for _, client := range userpool.DefaultPool().Clients {
			if client.ID == s.Profile.ClientID {
				return oauth.Secret(client.Secret), nil
			}
		}
	}
	return "", nil
}

// ReadSecret reads a client secret from a file, without the newline at its end.
func ReadSecret(path string, read func(path string) ([]byte, error)) (oauth.Secret, error) {
	text, err := read(path)
	if err != nil {
		return "", fmt.Errorf("the client secret in %s cannot be read: %w", terminal.Escape(path, false), err)
	}
	secret := strings.TrimRight(string(text), "\r\n")
	if secret == "" {
		return "", fmt.Errorf("the file of the client secret is empty: %s", terminal.Escape(path, false))
	}
	return oauth.Secret(secret), nil
}

// SystemRing returns the key ring of an operating system, as runtime.GOOS names it, and nil
// where the session has none. Without a session bus the D-Bus library would start a bus of
// its own, which no later command could find.
func SystemRing(system string, getenv func(string) string) tokenstore.Ring {
	switch system {
	case "windows", "darwin":
		return tokenstore.SystemRing{}
	}
	if getenv("DBUS_SESSION_BUS_ADDRESS") != "" {
		return tokenstore.SystemRing{}
	}
	runtimeDir := cmp.Or(getenv("XDG_RUNTIME_DIR"), fmt.Sprintf("/run/user/%d", os.Getuid()))
	for _, name := range []string{"bus", "dbus-session"} {
		if _, err := os.Stat(filepath.Join(runtimeDir, name)); err == nil {
			return tokenstore.SystemRing{}
		}
	}
	return nil
}
