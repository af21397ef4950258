package main

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/poolguard/poolguard/internal/terminal"
)

// helpWidth is the width of help in columns. Its texts are written for it, so a wider
// terminal changes nothing.
const helpWidth = terminal.DefaultWidth

// runsItself is the annotation of a command that has subcommands and runs without one.
const runsItself = "runs-itself"

// usageTemplate is cobra's, with flags that keep to the width, and without the line
// "poolguard [flags]" for what does nothing without a subcommand.
func usageTemplate(cobras string, width int) string {
	return strings.NewReplacer(
		"{{if .Runnable}}", `{{if and .Runnable (or (not .HasAvailableSubCommands) (index .Annotations "`+runsItself+`"))}}`,
		".LocalFlags.FlagUsages", ".LocalFlags.FlagUsagesWrapped "+strconv.Itoa(width),
	).Replace(cobras)
}

// fitHelp makes help fit into terminals that are narrower than helpWidth.
func fitHelp(root *cobra.Command, width int) {
	if width >= helpWidth {
		return
	}
	root.SetUsageTemplate(strings.ReplaceAll(root.UsageTemplate(), "FlagUsagesWrapped "+strconv.Itoa(helpWidth), "FlagUsagesWrapped "+strconv.Itoa(width)))
	show := root.HelpFunc()
	root.SetHelpFunc(func(cmd *cobra.Command, args []string) {
		cmd.Long = reflow(cmd.Long, width)
		for _, c := range cmd.Commands() {
			indent := "\n" + strings.Repeat(" ", c.NamePadding()+3)
			c.Short = strings.Join(terminal.Wrap(c.Short, width-c.NamePadding()-3), indent)
		}
		show(cmd, args)
	})
}

// reflow wraps paragraphs again, and the entries of lists, which begin with two spaces, a
// digit and two spaces. Another line that begins with two spaces is a sample and stays as
// it is.
func reflow(text string, width int) string {
	var b strings.Builder
	style := terminal.Style{Width: width}
	paragraph, first, rest := "", "", ""
	end := func() {
		if paragraph != "" {
			b.WriteString(style.Hang(first, rest, paragraph, terminal.Plain))
			paragraph, first, rest = "", "", ""
		}
	}
	for line := range strings.SplitSeq(text, "\n") {
		switch {
		case listEntry.MatchString(line):
			end()
			paragraph, first, rest = line[len(listIndent):], line[:len(listIndent)], listIndent
		case line == "" || strings.HasPrefix(line, "  ") && rest == "":
			end()
			b.WriteString(line + "\n")
		case paragraph == "":
			paragraph = line
		default:
			paragraph += " " + strings.TrimLeft(line, " ")
		}
	}
	end()
	return strings.TrimSuffix(b.String(), "\n")
}

// The form of an entry of a list, and the indent of its other lines.
var listEntry = regexp.MustCompile(`^  [0-9]  \S`)

const listIndent = "     "

// A placed value has a word of its own for what is given to a flag. Pflag would take
// that word out of the sentence about the flag.
type placed struct {
	pflag.Value
	word string
}

// Type implements pflag.Value.
func (v *placed) Type() string { return v.word }

// A placedList is the same of a flag that can be repeated.
type placedList struct {
	pflag.SliceValue
	placed
}

// place gives flags their words: name, word, name, word.
func place(flags *pflag.FlagSet, words ...string) {
	for n := 0; n+1 < len(words); n += 2 {
		flag := flags.Lookup(words[n])
		v := placed{flag.Value, words[n+1]}
		flag.Value = &v
		if list, ok := v.Value.(pflag.SliceValue); ok {
			flag.Value = &placedList{list, v}
			flag.DefValue = "" // it would be shown: []
		}
	}
}
