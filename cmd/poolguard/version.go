package main

import (
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/poolguard/poolguard/internal/terminal"
)

// version is set by the linker in a release: -ldflags "-X main.version=v1.2.3".
var version = ""

// A build is what the binary knows about itself. Fields are empty where it was
// built without that knowledge.
type build struct {
	Version  string `json:"version"`
	Commit   string `json:"commit,omitempty"`
	Modified bool   `json:"modified,omitempty"` // built from a tree with changes that are not in the commit
	Go       string `json:"go"`
	Platform string `json:"platform"`
}

func thisBuild() build {
	b := build{Version: version, Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		info = &debug.BuildInfo{}
	}
	for _, setting := range info.Settings {
		switch setting.Key {
		case "vcs.revision":
			b.Commit = setting.Value
		case "vcs.modified":
			b.Modified = setting.Value == "true"
		}
	}
	if b.Version == "" {
		b.Version = info.Main.Version
	}
	if b.Version == "" {
		b.Version = "(devel)"
	}
	return b
}

// show writes the build to a page.
func (b build) show(g *terminal.Page) {
	const column = 10
	entry := func(label, text string) { g.Entry(0, column, label, g.Escape(text), terminal.Plain) }
	entry("poolguard", b.Version)
	if b.Commit != "" {
		modified := ""
		if b.Modified {
			modified = ", with local changes"
		}
		entry("commit", b.Commit+modified)
	}
	entry("go", b.Go)
	entry("platform", b.Platform)
}

func (p *program) version() *cobra.Command {
	output := ""
	cmd := &cobra.Command{
		Use:   "version",
		Short: "Show the version of this program",
		Long: `Version shows the version of this program, the commit and the Go release that it
was built from, and its platform.`,
		Example:           "  poolguard version\n  poolguard --version\n  poolguard version -o json",
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(_ *cobra.Command, args []string) error {
			var faults faults
			if len(args) > 0 {
				faults.add("version takes flags only, and no arguments")
			}
			asJSON := readOutput(output, &faults)
			if err := faults.err(); err != nil {
				return err
			}
			return p.writeVersion(asJSON)
		},
	}
	outputFlag(cmd, &output)
	return cmd
}

// writeVersion writes what the binary knows about itself.
func (p *program) writeVersion(asJSON bool) error {
	if asJSON {
		return p.writeJSON(thisBuild())
	}
	g := p.page()
	thisBuild().show(g)
	return p.show(g)
}
