package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// completeInBash presses the tabulator key at the end of a line, in a bash that has nothing but
// the script, and returns the replies.
func completeInBash(t *testing.T, shell, script, line string) string {
	t.Helper()
	// Bash splits a line at spaces, and at = and :, which are words of their own.
	split := strings.NewReplacer("=", " = ", ":", " : ").Replace(line)
	program := `. "$1"
read -ra COMP_WORDS <<<"$3"
case $3 in *' ') COMP_WORDS+=('') ;; esac
case $2 in *[=:]) unset "COMP_WORDS[${#COMP_WORDS[@]}-1]" ;; esac
COMP_CWORD=$((${#COMP_WORDS[@]} - 1)) COMP_LINE=$2 COMP_POINT=${#2} COMP_TYPE=9 COLUMNS=80
! declare -F _init_completion _get_comp_words_by_ref || exit 9
__start_poolguard
printf '%s\n' "${COMPREPLY[@]}"`
	cmd := exec.CommandContext(t.Context(), shell, "--norc", "--noprofile", "-c", program, "bash", script, line, split)
	cmd.Env = append(os.Environ(), "LANG=C.UTF-8", "GORACE="+noRaceSleep)
	output, err := cmd.Output()
	if err != nil {
		t.Errorf("%q: %v", line, err)
	}
	return strings.TrimSpace(string(output))
}

// Many systems, and macOS with its bash 3.2, have no package bash-completion.
func TestCompletionInBashWithoutItsPackage(t *testing.T) {
	shell, err := exec.LookPath("bash")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("bash is not installed")
		}
		t.Skip("bash is not installed")
	}
	text, err := command(t, "completion", "bash").Output()
	if err != nil {
		t.Fatal(err)
	}
	script := filepath.Join(t.TempDir(), "completion.bash")
	if err := os.WriteFile(script, text, 0o600); err != nil {
		t.Fatal(err)
	}
	for line, want := range map[string]string{
		"poolguard who":                               "whoami",
		"poolguard verify --token-use ac":             "access",
		"poolguard verify --token-use=ac":             "access",
		"poolguard verify --token-use=":               "access  (an access token)\nany     (either)\nid      (an ID token)",
		"poolguard verify --issuer=http://a:1 --leew": "--leeway",
		"poolguard   userpool  ser":                   "serve",
	} {
		lines := strings.Split(completeInBash(t, shell, script, line), "\n")
		slices.Sort(lines)
		if got := strings.Join(lines, "\n"); got != want {
			t.Errorf("%q: got %q, want %q", line, got, want)
		}
	}
}
