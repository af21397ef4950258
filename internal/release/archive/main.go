// Command archive packs files into a .tar.gz or .zip, as package bundle does.
//
//	archive -time 1700000000 -output poolguard.tar.gz poolguard/LICENSE=LICENSE poolguard/poolguard=build/poolguard
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/poolguard/poolguard/internal/release/bundle"
)

func main() {
	output := flag.String("output", "", "archive to write; its ending, .tar.gz or .zip, sets the format")
	seconds := flag.Int64("time", 0, "time of every entry, in Unix seconds")
	flag.Parse()
	if err := run(*output, time.Unix(*seconds, 0).UTC(), flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "archive:", err)
		os.Exit(1)
	}
}

func run(output string, at time.Time, arguments []string) error {
	var write func(io.Writer, time.Time, []bundle.Entry) error
	switch {
	case strings.HasSuffix(output, ".tar.gz"):
		write = bundle.WriteTarGz
	case strings.HasSuffix(output, ".zip"):
		write = bundle.WriteZip
	default:
		return fmt.Errorf("output %q: the name must end in .tar.gz or .zip", output)
	}
	entries, err := bundle.ReadEntries(arguments)
	if err != nil {
		return err
	}
	file, err := os.Create(output)
	if err != nil {
		return err
	}
	return errors.Join(write(file, at, entries), file.Close())
}
