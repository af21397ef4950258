package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/poolguard/poolguard/internal/poolfile"
	"github.com/poolguard/poolguard/internal/poolserve"
	"github.com/poolguard/poolguard/internal/terminal"
)

func (p *program) userpool() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "userpool",
		Short: "Run a local user pool for development",
		Long: `Userpool runs a user pool on this machine. It answers as Amazon Cognito does, so
applications and tests need no AWS account.`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return unknownCommand(cmd, args[0])
			}
			cmd.SetOut(p.stderr)
			return errors.Join(cmd.Help(), &failure{status: statusUsage})
		},
	}
	cmd.AddCommand(p.userpoolServe(), p.userpoolCheck(), p.userpoolExample())
	return cmd
}

func (p *program) userpoolExample() *cobra.Command {
	return &cobra.Command{
		Use:   "example",
		Short: "Print a configuration file with every key",
		Long: `Example prints a configuration file with every key. A key that is not in use is
in a comment, with its default.`,
		Example:               "  poolguard userpool example > userpool.yaml",
		Args:                  noArguments,
		DisableFlagsInUseLine: true,
		ValidArgsFunction:     cobra.NoFileCompletions,
		RunE:                  func(*cobra.Command, []string) error { return p.write([]byte(poolfile.Example())) },
	}
}

func (p *program) userpoolCheck() *cobra.Command {
	var config string
	cmd := &cobra.Command{
		Use:   "check",
		Short: "Check a configuration file",
		Long: `Check reads a configuration file as serve does, and prints every fault with its
line and column:

  userpool.yaml:12:9: user_pools[0].clients[1].id: "a b" is not 1 to 128 …

Exit status:

  0  the file has no fault
  2  it has faults`,
		Example:           "  poolguard userpool check --config userpool.yaml",
		Args:              noFileArgument,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(*cobra.Command, []string) error {
			if config == "" {
				return &failure{statusUsage, errors.New("--config is missing: name the file to check")}
			}
			file, err := p.readPoolFile(config)
			if err != nil {
				return err
			}
			g := p.page()
			g.Paragraph(0, terminal.Unbroken(terminal.Escape(config, true))+" has no faults: "+poolserve.Summary(file.Config.Pools))
			return p.show(g)
		},
	}
	cmd.Flags().StringVar(&config, "config", "", "check this `FILE`")
	return cmd
}

// noFileArgument is noArguments for a command whose file is often given as an argument.
func noFileArgument(_ *cobra.Command, args []string) error {
	if len(args) > 0 {
		return fmt.Errorf("%w; give the file with --config", errArguments)
	}
	return nil
}
