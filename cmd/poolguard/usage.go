package main

import (
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// helpWidth is how wide help may be: narrow terminals have so many columns.
const helpWidth = "80"

// usageTemplate is cobra's, with flags that keep to the width, and without the line
// "poolguard [flags]" for what does nothing without a subcommand.
func usageTemplate(root *cobra.Command) string {
	return strings.NewReplacer(
		"{{if .Runnable}}", "{{if and .Runnable (not .HasAvailableSubCommands)}}",
		".LocalFlags.FlagUsages", ".LocalFlags.FlagUsagesWrapped "+helpWidth,
	).Replace(root.UsageTemplate())
}

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
