package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/poolguard/poolguard/internal/suggest"
	"github.com/poolguard/poolguard/internal/terminal"
	"github.com/poolguard/poolguard/internal/tokencheck"
)

// unknownCommand words that parent has no such command.
func unknownCommand(parent *cobra.Command, name string) error {
	switch {
	case tokencheck.LooksLikeToken(name):
		return errors.New("a token is not a command: write verify or inspect before it")
	case !tokencheck.Repeatable(name):
		return errors.New("the command does not exist")
	}
	var names []string
	for _, c := range parent.Commands() {
		if c.IsAvailableCommand() {
			names = append(names, c.Name())
		}
	}
	return fmt.Errorf("there is no command %q%s", name, suggest.DidYouMean("", name, names))
}

// flagError words the faults that pflag finds, without the values that it would
// quote.
func flagError(cmd *cobra.Command, err error) error {
	dash := "; run " + cmd.CommandPath() + " --help for the flags; an argument that begins with - must come after --"
	if e, ok := errors.AsType[*pflag.NotExistError](err); ok {
		return unknownFlag(cmd, e, dash)
	}
	if e, ok := errors.AsType[*pflag.ValueRequiredError](err); ok {
		return fmt.Errorf("--%s needs a value", e.GetFlag().Name)
	}
	if e, ok := errors.AsType[*pflag.InvalidValueError](err); ok {
		return fmt.Errorf("--%s does not allow this value", e.GetFlag().Name)
	}
	if _, ok := errors.AsType[*pflag.InvalidSyntaxError](err); ok {
		return errors.New("a flag must be written as --name or --name=value" + dash)
	}
	return err
}

// unknownFlag names the flag, but not what was given to it.
func unknownFlag(cmd *cobra.Command, e *pflag.NotExistError, dash string) error {
	var names []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
	name, _, _ := strings.Cut(e.GetSpecifiedName(), "=")
	letters, _, _ := strings.Cut(e.GetSpecifiedShortnames(), "=")
	switch {
	case !tokencheck.Repeatable(name) || !tokencheck.Repeatable(letters):
		return errors.New("the flag does not exist" + dash)
	case letters != "":
		// One dash before a whole name is read as a row of letters.
		if near := suggest.DidYouMean("--", letters, names); near != "" {
			return errors.New("there is no flag -" + terminal.Escape(letters, true) + near)
		}
		return errors.New("there is no flag -" + terminal.Escape(name, true) + dash)
	}
	if near := suggest.DidYouMean("--", name, names); near != "" {
		dash = near
	}
	return errors.New("there is no flag --" + terminal.Escape(name, true) + dash)
}
