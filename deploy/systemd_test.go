package deploy_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/poolguard/poolguard/gateway"
)

const unitFile = "systemd/poolguard.service"

// readUnit returns the values of each setting of a unit, as Section.Key.
func readUnit(t *testing.T) map[string][]string {
	t.Helper()
	text, err := os.ReadFile(unitFile)
	if err != nil {
		t.Fatal(err)
	}
	unit, section := map[string][]string{}, ""
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
		case strings.HasPrefix(line, "["):
			section = strings.Trim(line, "[]")
		default:
			key, value, ok := strings.Cut(line, "=")
			if !ok {
				t.Fatalf("line %q is no setting", line)
			}
			unit[section+"."+key] = append(unit[section+"."+key], value)
		}
	}
	return unit
}

func TestUnitRunsTheGatewayAsTheDocumentsSay(t *testing.T) {
	t.Parallel()
	unit := readUnit(t)
	for key, want := range map[string][]string{
		"Service.ExecStart":              {"/usr/bin/poolguard gateway --config /etc/poolguard/poolguard.yaml"},
		"Service.ExecReload":             {"/bin/kill -HUP $MAINPID"},
		"Service.KillSignal":             {"SIGTERM"},
		"Service.Restart":                {"on-failure"},
		"Service.DynamicUser":            {"yes"},
		"Service.RuntimeDirectory":       {"poolguard"},
		"Service.StateDirectory":         {"poolguard"},
		"Service.ProtectSystem":          {"strict"},
		"Service.NoNewPrivileges":        {"yes"},
		"Service.SystemCallFilter":       {"@system-service", "~@privileged @resources"},
		"Service.CapabilityBoundingSet":  {""},
		"Service.MemoryDenyWriteExecute": {"yes"},
		"Install.WantedBy":               {"multi-user.target"},
	} {
		if !slices.Equal(unit[key], want) {
			t.Errorf("%s: got %q, want %q", key, unit[key], want)
		}
	}
}

// The configuration of the packages is the sample. systemd must not end the process before
// the gateway does.
func TestUnitWaitsForTheDrain(t *testing.T) {
	t.Parallel()
	stop, err := time.ParseDuration(strings.Join(readUnit(t)["Service.TimeoutStopSec"], "") + "s")
	if err != nil {
		t.Fatal(err)
	}
	if least := defaultDrain + defaultDecision; stop <= least {
		t.Errorf("systemd waits %s, and the gateway needs up to %s", stop, least)
	}
}

// The defaults of drain and forward_auth_timeout, which the sample and docs/gateway.md name.
const (
	defaultDrain    = 10 * time.Second
	defaultDecision = 5 * time.Second
)

func TestSampleNamesTheDefaults(t *testing.T) {
	t.Parallel()
	for key, value := range map[string]time.Duration{"drain": defaultDrain, "forward_auth_timeout": defaultDecision} {
		if line := "# " + key + ": " + value.String(); !strings.Contains(gateway.Example(), line) {
			t.Errorf("the sample has no line %q", line)
		}
	}
}

// analyze runs systemd-analyze on a copy of the unit whose command exists.
func analyze(t *testing.T, arguments ...string) string {
	t.Helper()
	program, err := exec.LookPath("systemd-analyze")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("systemd-analyze is not installed")
		}
		t.Skip("systemd-analyze is not installed; scripts/test-deps.sh installs it on Debian")
	}
	text, err := os.ReadFile(unitFile)
	if err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	unit := filepath.Join(t.TempDir(), "poolguard.service")
	if err := os.WriteFile(unit, bytes.ReplaceAll(text, []byte("/usr/bin/poolguard"), []byte(self)), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), program, append(arguments, unit)...).CombinedOutput()
	if err != nil {
		t.Errorf("systemd-analyze %v: %v\n%s", arguments, err, out)
	}
	return string(out)
}

func TestSystemdTakesTheUnit(t *testing.T) {
	t.Parallel()
	if out := analyze(t, "verify"); out != "" {
		t.Errorf("systemd-analyze verify says:\n%s", out)
	}
}

// 20 is 2.0 in the words of systemd-analyze, which go from 0 to 10. Without settings a unit
// has 9.6.
func TestUnitIsConfined(t *testing.T) {
	t.Parallel()
	analyze(t, "security", "--offline=yes", "--threshold=20")
}
