package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/poolguard/poolguard/internal/suggest"
	"github.com/poolguard/poolguard/internal/terminal"
)

// sayable reports whether what was typed in the wrong place may be repeated in a
// message: it must not be a token, nor a part of one.
func sayable(text string) bool {
	return len(text) <= 40 && strings.Count(text, ".") < 2 && !strings.Contains(text, "eyJ") && !isToken(text)
}

// unknownCommand words that parent has no such command.
func unknownCommand(parent *cobra.Command, name string) error {
	switch {
	case isToken(name):
		return errors.New("a token is not a command: write verify or inspect before it")
	case !sayable(name):
		return errors.New("the command does not exist")
	}
	var names []string
	for _, c := range parent.Commands() {
		if c.IsAvailableCommand() {
			names = append(names, c.Name())
		}
	}
	return fmt.Errorf("there is no command %q%s", name, didYouMean("", name, names))
}

// didYouMean is the end of a message about typed, "" where no name is similar. Every name
// that is shown gets the prefix.
func didYouMean(prefix, typed string, names []string) string {
	near := suggest.Similar(typed, names)
	if len(near) == 0 {
		return ""
	}
	return "; did you mean " + prefix + strings.Join(near, " or "+prefix) + "?"
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
	case !sayable(name) || !sayable(letters):
		return errors.New("the flag does not exist" + dash)
	case letters != "":
		// One dash before a whole name is read as a row of letters.
		if near := didYouMean("--", letters, names); near != "" {
			return errors.New("there is no flag -" + terminal.Escape(letters, true) + near)
		}
		return errors.New("there is no flag -" + terminal.Escape(name, true) + dash)
	}
	if near := didYouMean("--", name, names); near != "" {
		dash = near
	}
	return errors.New("there is no flag --" + terminal.Escape(name, true) + dash)
}
