package login_test

import (
	"context"
	"errors"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/poolguard/poolguard/cognito/oauth"
	"github.com/poolguard/poolguard/internal/terminalauth/account"
	"github.com/poolguard/poolguard/internal/terminalauth/login"
	"github.com/poolguard/poolguard/internal/terminalauth/profile"
	"github.com/poolguard/poolguard/internal/terminalauth/selection"
	"github.com/poolguard/poolguard/internal/terminalauth/wording"
)

func TestEveryFaultOfTheOptionsIsReported(t *testing.T) {
	options := login.Options{
		Timeout: "0s", Storage: "disk", SecretFile: "a", SecretEnv: "b", Machine: true, Again: true, Local: true,
		Given: map[string]string{"port": "0", "pool": "", "client-id": "x", "issuer": "y", "domain": " "},
	}
	_, err := options.Check()
	if err == nil {
		t.Fatal("no fault")
	}
	got := strings.Split(err.Error(), "\n")
	for n, begin := range []string{
		"--timeout ", "--storage ", "--client-secret-file ", "--port ", "--pool is empty", "--domain is empty",
		"--local selects its own user pool: remove --pool", "--local selects its own user pool: remove --client-id",
		"--local selects its own user pool: remove --issuer", "--machine ",
	} {
		if n >= len(got) || !strings.HasPrefix(got[n], begin) {
			t.Fatalf("fault %d does not begin with %q:\n%v", n, begin, err)
		}
	}
	if timeout, err := (&login.Options{Timeout: "90s", Storage: "file"}).Check(); err != nil || timeout != 90*time.Second {
		t.Errorf("got %v, %v", timeout, err)
	}
}

func TestOnlyGivenOptionsChangeAProfile(t *testing.T) {
	before := profile.Profile{
		UserPoolID: "us-east-1_Local0001", ClientID: "a", Domain: "http://127.0.0.1:1", Issuer: "http://127.0.0.1:1/us-east-1_Local0001",
		Scopes: []string{"openid"}, Replicas: []string{"eu-west-1"}, Port: 1, Machine: true, Local: true, Secret: profile.Secret{Env: "A"},
	}
	same := before
	if err := (&login.Options{Pool: "x", ClientID: "y", Scopes: []string{"z"}, Port: 2}).Apply(&same); err != nil || !same.Equal(before) {
		t.Errorf("options that were not given changed it: %+v, %v", same, err)
	}
	options := login.Options{
		Pool: "us-east-1_Other0001", ClientID: "b", Domain: "https://b.example", Scopes: []string{"s"}, Port: 2, SecretFile: "robot.secret",
		Given: map[string]string{"pool": "", "client-id": "", "domain": "", "scope": "", "port": "", "machine": "", "client-secret-file": ""},
	}
	path, err := filepath.Abs("robot.secret")
	if err != nil {
		t.Fatal(err)
	}
	// The issuer was that of the other pool.
	want := profile.Profile{
		UserPoolID: "us-east-1_Other0001", ClientID: "b", Domain: "https://b.example", Scopes: []string{"s"}, Port: 2, Secret: profile.Secret{File: path},
	}
	if got := before; options.Apply(&got) != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func selected(name string, saved profile.Profile) *selection.Selection {
	return selection.New("config.yaml", &profile.File{Profiles: map[string]profile.Profile{"default": saved}}, name)
}

func TestDefaultProfileKeepsItsAccount(t *testing.T) {
	saved := profile.Profile{UserPoolID: "us-east-1_AbCdEfGhI", ClientID: "a", Domain: "https://a.example"}
	options := login.Options{ClientID: "b", Given: map[string]string{"client-id": "b"}}
	if err := options.Change(selected("", saved)); err == nil || !strings.Contains(err.Error(), "give --profile NAME") {
		t.Errorf("got %v", err)
	}
	if s := selected("default", saved); options.Change(s) != nil || s.Profile.ClientID != "b" {
		t.Errorf("a profile that was named cannot be changed: %+v", s.Profile)
	}
	options = login.Options{Domain: "https://b.example", Given: map[string]string{"domain": "https://b.example"}}
	if s := selected("", saved); options.Change(s) != nil || s.Profile.Domain != "https://b.example" {
		t.Errorf("the domain of the same account cannot be changed: %+v", s.Profile)
	}
}

func TestLocalProfilesAreOfTheDefaultPool(t *testing.T) {
	for machine, name := range map[bool]string{false: "local", true: "local-machine"} {
		options := login.Options{Local: true, Machine: machine, LocalURL: "http://127.0.0.1:9229"}
		s := selection.New("config.yaml", &profile.File{}, options.ProfileName())
		if err := options.Change(s); err != nil || s.Name != name {
			t.Fatalf("%s, %v", s.Name, err)
		}
		p := s.Profile
		if p.Machine != machine || !p.Local || p.Domain != options.LocalURL || p.Issuer != options.LocalURL+"/"+p.UserPoolID || p.ClientID == "" {
			t.Errorf("got %+v", p)
		}
	}
	if got := login.LocalProfile(false, "http://pool.test/").Issuer; got != "http://pool.test/us-east-1_Local0001" {
		t.Errorf("got %s", got)
	}
}

func run(s *selection.Selection, way login.Way) error {
	_, err := (&login.Login{
		Selection: s, Secret: func() (oauth.Secret, error) { return "", nil }, Way: way, Timeout: time.Minute, Now: time.Now,
		Browser: func(context.Context, *account.Account) (*account.Result, error) {
			return nil, errors.New("a browser opened")
		},
	}).Run(context.Background())
	return err
}

func TestFaultsOfAProfileNameTheFlags(t *testing.T) {
	s := selection.New("config.yaml", &profile.File{}, "new")
	err := run(s, login.Auto)
	for _, want := range []string{"--pool is missing", "--client-id is missing", "--domain is missing", "there is no profile new in config.yaml", "give --local"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not in %v", want, err)
		}
	}
}

func TestNoBrowserOpensForTokensThatCannotBeKeptOrVerified(t *testing.T) {
	good := login.LocalProfile(false, "http://127.0.0.1:1") // no pool is there
	s := selection.New(filepath.Join(t.TempDir(), "config.yaml"), &profile.File{Profiles: map[string]profile.Profile{"default": good}}, "")
	if err := run(s, login.KeyRing); !errors.Is(err, login.ErrNoKeyRing) {
		t.Errorf("without a key ring: got %v", err)
	}
	err := run(s, login.File)
	if f, ok := errors.AsType[*wording.Error](err); !ok || f.Kind != wording.Unavailable || !strings.Contains(err.Error(), "Is it running?") {
		t.Errorf("without a pool: got %v", err)
	}
}

func TestFirstProfileBecomesTheDefault(t *testing.T) {
	path := filepath.Join(t.TempDir(), "config.yaml")
	for _, name := range []string{"robot", "second"} {
		file, err := profile.Load(path)
		if err != nil {
			t.Fatal(err)
		}
		s := selection.New(path, file, name)
		s.Profile = login.LocalProfile(true, "http://127.0.0.1:9229")
		if err := login.Save(t.Context(), s); err != nil {
			t.Fatal(err)
		}
		if s.File.Default != "robot" || s.File.Profiles[name].ClientID == "" {
			t.Errorf("after %s: %+v", name, s.File)
		}
	}
}
