// Command packages makes a .deb and a .rpm of a built command. The bytes depend only on the
// arguments and the files.
//
//	packages -version v0.1.0 -arch amd64 -time 1700000000 -binary build/poolguard -output dist \
//	  -man build/man -completions build/completions -documents LICENSE,README.md,CHANGELOG.md \
//	  -unit deploy/systemd/poolguard.service -config gateway/internal/config/example.yaml
package main

import (
	"bytes"
	"compress/gzip"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/goreleaser/nfpm/v2"
	_ "github.com/goreleaser/nfpm/v2/deb" // registers the format
	"github.com/goreleaser/nfpm/v2/files"
	_ "github.com/goreleaser/nfpm/v2/rpm" // registers the format
)

func main() {
	var s settings
	flag.StringVar(&s.version, "version", "", "version of the release, such as v0.1.0")
	flag.StringVar(&s.arch, "arch", "", "architecture in Go's words, such as amd64")
	seconds := flag.Int64("time", 0, "time of every file, in Unix seconds")
	flag.StringVar(&s.binary, "binary", "", "the built command")
	flag.StringVar(&s.man, "man", "", "folder with the manual pages")
	flag.StringVar(&s.completions, "completions", "", "folder with the completion scripts poolguard.{bash,zsh,fish}")
	documents := flag.String("documents", "", "files for the folder of documents, separated by commas")
	flag.StringVar(&s.unit, "unit", "", "the systemd unit of the gateway")
	flag.StringVar(&s.config, "config", "", "the configuration file of the gateway")
	flag.StringVar(&s.output, "output", ".", "folder for the packages")
	flag.Parse()
	s.time, s.documents = time.Unix(*seconds, 0).UTC(), strings.Split(*documents, ",")
	if err := run(s); err != nil {
		fmt.Fprintln(os.Stderr, "packages:", err)
		os.Exit(1)
	}
}

type settings struct {
	version, arch, binary, man, completions, unit, config, output string
	documents                                                     []string
	time                                                          time.Time
}

// formats are the package formats, with the folder in which their distributions look for
// completion scripts of zsh.
var formats = []struct{ name, zsh string }{
	{"deb", "/usr/share/zsh/vendor-completions"},
	{"rpm", "/usr/share/zsh/site-functions"},
}

func run(s settings) error {
	for _, format := range formats {
		if err := s.write(format.name, format.zsh); err != nil {
			return fmt.Errorf("%s: %w", format.name, err)
		}
	}
	return nil
}

func (s settings) write(format, zsh string) error {
	scratch, err := os.MkdirTemp("", "packages")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(scratch) }()
	contents, err := s.contents(zsh, scratch)
	if err != nil {
		return err
	}
	packager, err := nfpm.Get(format)
	if err != nil {
		return err
	}
	info := nfpm.WithDefaults(&nfpm.Info{
		Name: "poolguard", Platform: "linux", Arch: s.arch, Version: s.version, VersionSchema: "semver", Release: "1",
		Section: "utils", Priority: "optional", License: "Apache-2.0", MTime: s.time, DisableGlobbing: true,
		Maintainer: "The Poolguard authors", Vendor: "Poolguard", Homepage: "https://github.com/poolguard/poolguard",
		Description: "verifies tokens of Amazon Cognito user pools\n" +
			"Poolguard verifies and inspects ID tokens and access tokens, signs in from a terminal,\n" +
			"decides about requests for proxies, and serves a local user pool for development.",
		Overridables: nfpm.Overridables{
			Contents: contents,
			// Without these, the package has the name of the machine that made it.
			RPM: nfpm.RPM{BuildHost: "localhost", Group: "Applications/Internet", Packager: "The Poolguard authors"},
		},
	})
	if err := nfpm.PrepareForPackager(info, format); err != nil {
		return err
	}
	var pkg bytes.Buffer
	if err := packager.Package(info, &pkg); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(s.output, packager.ConventionalFileName(info)), pkg.Bytes(), 0o644) //nolint:gosec // for everyone
}

// configFile is the configuration file of the gateway. An upgrade keeps its changes.
const configFile = "/etc/poolguard/poolguard.yaml"

// contents lists the files of a package. Distributions want manual pages compressed, so scratch
// gets compressed copies.
func (s settings) contents(zsh, scratch string) (files.Contents, error) {
	var list files.Contents
	add := func(source, destination string, mode os.FileMode) {
		list = append(list, &files.Content{
			Source: source, Destination: destination,
			FileInfo: &files.ContentFileInfo{Owner: "root", Group: "root", Mode: mode, MTime: s.time},
		})
	}
	add(s.binary, "/usr/bin/poolguard", 0o755)
	// No script of the packages enables or starts the unit: the configuration is a sample.
	add(s.unit, "/usr/lib/systemd/system/poolguard.service", 0o644)
	add(s.config, configFile, 0o644)
	list[len(list)-1].Type = files.TypeConfigNoReplace
	for script, destination := range map[string]string{
		"poolguard.bash": "/usr/share/bash-completion/completions/poolguard",
		"poolguard.zsh":  zsh + "/_poolguard",
		"poolguard.fish": "/usr/share/fish/vendor_completions.d/poolguard.fish",
	} {
		add(filepath.Join(s.completions, script), destination, 0o644)
	}
	for _, document := range s.documents {
		name := filepath.Base(document)
		if name == "LICENSE" {
			name = "copyright" // as Debian's policy, section 12.5, calls it
		}
		add(document, "/usr/share/doc/poolguard/"+name, 0o644)
	}
	pages, err := filepath.Glob(filepath.Join(s.man, "*.1"))
	if err != nil {
		return nil, err
	}
	if len(pages) == 0 {
		return nil, fmt.Errorf("no manual page is in %q", s.man)
	}
	for _, page := range pages {
		name := filepath.Base(page) + ".gz"
		if err := compress(page, filepath.Join(scratch, name)); err != nil {
			return nil, err
		}
		add(filepath.Join(scratch, name), "/usr/share/man/man1/"+name, 0o644)
	}
	return list, nil
}

// compress writes a gzip file without a name and a time.
func compress(from, to string) error {
	content, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return err
	}
	_, err = w.Write(content)
	if err := errors.Join(err, w.Close()); err != nil {
		return err
	}
	return os.WriteFile(to, b.Bytes(), 0o644) //nolint:gosec // for everyone
}
