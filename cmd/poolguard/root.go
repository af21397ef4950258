package main

import (
	"errors"
	"os"

	"github.com/spf13/cobra"
)

// root is the whole command line.
func (p *program) root() *cobra.Command {
	var showVersion bool
	root := &cobra.Command{
		Use:   "poolguard",
		Short: "Verify Amazon Cognito tokens",
		Long: `Poolguard verifies the tokens of Amazon Cognito user pools.

It needs no AWS account and no credentials: it checks a token with the public
keys of the user pool.`,
		Example: `  poolguard verify --pool us-east-1_AbCdEfGhI --client-id 1example23456789 \
      --token-use access - < token.txt
  poolguard inspect - < token.txt
  poolguard jwks us-east-1_AbCdEfGhI`,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return unknownCommand(cmd, args[0])
			}
			if showVersion {
				return p.writeVersion(false)
			}
			cmd.SetOut(p.stderr)
			return errors.Join(cmd.Help(), &failure{status: statusUsage})
		},
	}
	root.Flags().BoolVar(&showVersion, "version", false, "show the version of this program")
	root.SetFlagErrorFunc(flagError)
	root.SetUsageTemplate(usageTemplate(root.UsageTemplate(), helpWidth))
	root.SetHelpCommand(helpCommand())
	root.AddCommand(p.verify(), p.inspect(), p.jwks(), p.login(), p.token(), p.whoami(), p.logout(), p.exchange(),
		p.demo(), p.userpool(), p.gateway(), p.version(), p.completion())
	return root
}

// helpCommand is cobra's, but for a topic that it does not know: cobra would print
// it, and it may be a token.
func helpCommand() *cobra.Command {
	return &cobra.Command{
		Use: "help [command]",
		// It has none that does anything.
		DisableFlagsInUseLine: true,
		Short:                 "Show the help of a command",
		ValidArgsFunction:     cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, args []string) error {
			about, rest, err := cmd.Root().Find(args)
			if err != nil || len(rest) > 0 {
				return unknownCommand(about, args[len(args)-1])
			}
			about.InitDefaultHelpFlag()
			return about.Help()
		},
	}
}

// reasonOf is the reason of an error about a file without its path, which the
// message names already.
func reasonOf(err error) error {
	if e, ok := errors.AsType[*os.PathError](err); ok {
		return e.Err
	}
	return err
}
