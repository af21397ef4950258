package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/blakesmith/ar"
	"github.com/google/go-cmp/cmp"
	"github.com/sassoftware/go-rpmutils"
)

// release writes the files of a release, with the given time on disk, and makes the packages.
func release(t *testing.T, at time.Time) string {
	t.Helper()
	source, output := t.TempDir(), t.TempDir()
	for name, mode := range map[string]fs.FileMode{
		"poolguard": 0o700, "man/poolguard.1": 0o600, "man/poolguard-verify.1": 0o600, "LICENSE": 0o600, "README.md": 0o644,
		"completions/poolguard.bash": 0o600, "completions/poolguard.zsh": 0o600, "completions/poolguard.fish": 0o600,
		"poolguard.service": 0o600, "example.yaml": 0o600,
	} {
		file := filepath.Join(source, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte("content of "+name), mode); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(file, at, at); err != nil {
			t.Fatal(err)
		}
	}
	err := run(settings{
		version: "v1.2.3", arch: "amd64", binary: filepath.Join(source, "poolguard"), man: filepath.Join(source, "man"),
		completions: filepath.Join(source, "completions"), output: output, time: time.Date(2026, 3, 4, 5, 6, 8, 0, time.UTC),
		documents: []string{filepath.Join(source, "LICENSE"), filepath.Join(source, "README.md")},
		unit:      filepath.Join(source, "poolguard.service"), config: filepath.Join(source, "example.yaml"),
	})
	if err != nil {
		t.Fatal(err)
	}
	return output
}

const (
	debName = "poolguard_1.2.3-1_amd64.deb"
	rpmName = "poolguard-1.2.3-1.x86_64.rpm"
)

func TestSameFilesGiveSamePackages(t *testing.T) {
	t.Parallel()
	one, two := release(t, time.Unix(1e9, 0)), release(t, time.Unix(15e8, 0))
	for _, name := range []string{debName, rpmName} {
		first, err := os.ReadFile(filepath.Join(one, name))
		if err != nil {
			t.Fatal(err)
		}
		second, err := os.ReadFile(filepath.Join(two, name))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(first, second) {
			t.Errorf("%s differs between two runs", name)
		}
		if host, err := os.Hostname(); err == nil && len(host) > 4 && bytes.Contains(first, []byte(host)) {
			t.Errorf("%s has the name of this machine", name)
		}
	}
}

// wantFiles are the files of a package, with the folder for completions of zsh.
func wantFiles(zsh string) []string {
	want := []string{
		"/etc/poolguard/poolguard.yaml 0644", "/usr/lib/systemd/system/poolguard.service 0644",
		"/usr/bin/poolguard 0755", "/usr/share/bash-completion/completions/poolguard 0644", zsh + "/_poolguard 0644",
		"/usr/share/fish/vendor_completions.d/poolguard.fish 0644", "/usr/share/doc/poolguard/copyright 0644",
		"/usr/share/doc/poolguard/README.md 0644", "/usr/share/man/man1/poolguard.1.gz 0644", "/usr/share/man/man1/poolguard-verify.1.gz 0644",
	}
	slices.Sort(want)
	return want
}

func describe(name string, mode fs.FileMode) string {
	return "/" + strings.TrimLeft(name, "./") + " 0" + strings.TrimLeft(modeText(mode), "0")
}

func modeText(mode fs.FileMode) string {
	const digits = "01234567"
	p := mode.Perm()
	return string([]byte{digits[p>>6&7], digits[p>>3&7], digits[p&7]})
}

// member opens an archive of tar in a .deb.
func member(t *testing.T, deb, name string) *tar.Reader {
	t.Helper()
	content, err := os.ReadFile(deb)
	if err != nil {
		t.Fatal(err)
	}
	for archive := ar.NewReader(bytes.NewReader(content)); ; {
		header, err := archive.Next()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if header.Name != name {
			continue
		}
		compressed, err := gzip.NewReader(archive)
		if err != nil {
			t.Fatal(err)
		}
		return tar.NewReader(compressed)
	}
}

func TestDebHasTheFilesOfDebian(t *testing.T) {
	t.Parallel()
	var got []string
	for data := member(t, filepath.Join(release(t, time.Unix(1e9, 0)), debName), "data.tar.gz"); ; {
		entry, err := data.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if entry.Typeflag == tar.TypeReg {
			got = append(got, describe(entry.Name, fs.FileMode(entry.Mode)))
			if entry.Uname != "root" || entry.Uid != 0 {
				t.Errorf("%s belongs to %q", entry.Name, entry.Uname)
			}
		}
	}
	slices.Sort(got)
	if diff := cmp.Diff(wantFiles("/usr/share/zsh/vendor-completions"), got); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
}

// The package manager keeps a changed configuration file, and nothing starts the gateway.
func TestDebKeepsTheConfigurationAndStartsNothing(t *testing.T) {
	t.Parallel()
	conffiles := ""
	for control := member(t, filepath.Join(release(t, time.Unix(1e9, 0)), debName), "control.tar.gz"); ; {
		entry, err := control.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		switch name := strings.TrimPrefix(entry.Name, "./"); name {
		case "conffiles":
			text, err := io.ReadAll(control)
			if err != nil {
				t.Fatal(err)
			}
			conffiles = string(text)
		case "preinst", "postinst", "prerm", "postrm":
			t.Errorf("the package has a script %s", name)
		}
	}
	if want := configFile + "\n"; conffiles != want {
		t.Errorf("conffiles: got %q, want %q", conffiles, want)
	}
}

func TestRPMHasTheFilesOfFedora(t *testing.T) {
	t.Parallel()
	file, err := os.Open(filepath.Join(release(t, time.Unix(1e9, 0)), rpmName))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	pkg, err := rpmutils.ReadRpm(file)
	if err != nil {
		t.Fatal(err)
	}
	infos, err := pkg.Header.GetFiles()
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, info := range infos {
		got = append(got, describe(info.Name(), fs.FileMode(info.Mode())))
		if keeps := info.Flags()&rpmutils.RPMFILE_NOREPLACE != 0; keeps != (info.Name() == configFile) {
			t.Errorf("%s: an upgrade keeps a changed file: %t", info.Name(), keeps)
		}
	}
	slices.Sort(got)
	if diff := cmp.Diff(wantFiles("/usr/share/zsh/site-functions"), got); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
}

func TestMissingManualPagesAreAnError(t *testing.T) {
	t.Parallel()
	empty := t.TempDir()
	err := run(settings{version: "v1.2.3", arch: "amd64", binary: "main.go", man: empty, completions: empty, documents: []string{"main.go"}, output: empty})
	if err == nil || !strings.Contains(err.Error(), "no manual page") {
		t.Errorf("got %v", err)
	}
}
