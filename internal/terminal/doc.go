// Package terminal lays out text for a terminal.
//
// It owns four things: which colours and characters the terminal can show
// ([Style], [Detect]), the wrapping of lines between words ([Style.Hang], [Page],
// [Style.Message]), the escaping of untrusted text ([Escape], [EscapeJSON]),
// and words that must stay on one line ([Unbroken]).
//
// A line is wrapped only between words. A word, an address and a command line to
// paste are never broken, even where they are wider than the terminal.
//
// Reports and messages differ where the output is not a terminal, for example a pipe
// or a file. A [Page] is then [DefaultWidth] columns wide, so that a report looks the
// same everywhere. A message is not wrapped, so that grep and log collectors find it
// on one line.
//
// The package never writes to an output and never reads the environment: the caller
// passes both in.
package terminal
