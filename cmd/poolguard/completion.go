package main

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

// completion replaces cobra's own command of that name, whose messages repeat
// what was typed. The scripts are cobra's.
func (p *program) completion() *cobra.Command {
	shells := []string{"bash", "zsh", "fish", "powershell"}
	names := strings.Join(shells, "|")
	return &cobra.Command{
		Use: "completion " + names,
		// It has none that does anything.
		DisableFlagsInUseLine: true,
		Short:                 "Print the completion script for a shell",
		Long: `Completion prints a script for a shell. The shell then completes the commands of
poolguard, their flags and the values of flags. Put the line for your shell into
its start-up file: ~/.bashrc, ~/.zshrc, ~/.config/fish/config.fish or $PROFILE.
In ~/.zshrc, the line comes after "autoload -U compinit && compinit". The script
for bash also works without the package bash-completion.`,
		Example: `  eval "$(poolguard completion bash)"
  source <(poolguard completion zsh)
  poolguard completion fish | source
  poolguard completion powershell | Out-String | Invoke-Expression`,
		ValidArgs: shells,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 || !slices.Contains(shells, args[0]) {
				return fmt.Errorf("give one shell: %s", names)
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			var script bytes.Buffer
			root, err := cmd.Root(), error(nil)
			switch args[0] {
			case "bash":
				err = bashCompletion(root, &script)
			case "zsh":
				err = root.GenZshCompletion(&script)
			case "fish":
				err = root.GenFishCompletion(&script, true)
			case "powershell":
				err = root.GenPowerShellCompletionWithDesc(&script)
			}
			if err != nil {
				return err
			}
			return p.write(script.Bytes())
		},
	}
}

// bashCompletion writes cobra's script for bash. That script needs a function of the package
// bash-completion, which many systems do not have; without it, the script written here splits
// the line itself.
func bashCompletion(root *cobra.Command, to *bytes.Buffer) error {
	var script bytes.Buffer
	if err := root.GenBashCompletionV2(&script, true); err != nil {
		return err
	}
	before, after, found := strings.Cut(script.String(), cobrasSplit)
	if !found {
		return errors.New("the script of cobra is another one: it does not split the line as expected")
	}
	to.WriteString(before + ownSplit + after)
	return nil
}

const (
	cobrasSplit = `    _get_comp_words_by_ref "$@" cur prev words cword
`
	ownSplit = `    if declare -F _get_comp_words_by_ref >/dev/null 2>&1; then
        _get_comp_words_by_ref "$@" cur prev words cword
        return
    fi
    # The words up to the cursor. Bash also splits at = and :, which is undone here.
    local rest=${COMP_LINE:0:COMP_POINT} trimmed word i
    words=()
    for ((i = 0; i <= COMP_CWORD; i++)); do
        trimmed=${rest#"${rest%%[![:space:]]*}"}
        word=${COMP_WORDS[i]}
        [[ $i -lt $COMP_CWORD ]] || word=$trimmed
        cword=$((${#words[@]} - 1))
        if [[ $i -gt 0 && $trimmed == "$rest" ]] && [[ $word == [=:]* || ${words[cword]} == *[=:] ]]; then
            words[cword]+=$word
        else
            words+=("$word")
        fi
        rest=${trimmed#"$word"}
    done
    cword=$((${#words[@]} - 1))
    cur=${words[cword]}
    prev=${words[cword > 0 ? cword - 1 : 0]}
`
)

// completeWith has the shell offer these values for a flag.
func completeWith(cmd *cobra.Command, flag string, values ...cobra.Completion) {
	// The only error is that there is no such flag, which its own command has just
	// defined.
	_ = cmd.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp))
}
