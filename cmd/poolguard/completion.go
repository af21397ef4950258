package main

import (
	"bytes"
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
poolguard, their flags and the values of flags.`,
		Example: `  source <(poolguard completion bash)
  poolguard completion zsh > "${fpath[1]}/_poolguard"
  poolguard completion fish > ~/.config/fish/completions/poolguard.fish
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
				err = root.GenBashCompletionV2(&script, true)
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

// completeWith has the shell offer these values for a flag.
func completeWith(cmd *cobra.Command, flag string, values ...cobra.Completion) {
	// The only error is that there is no such flag, which its own command has just
	// defined.
	_ = cmd.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp))
}
