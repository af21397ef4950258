package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var released = time.Date(2026, 3, 4, 5, 6, 8, 0, time.UTC)

// tree writes the same two files each time, with other times and other modes
// outside the executable bit.
func tree(t *testing.T, group os.FileMode, at time.Time) []string {
	t.Helper()
	dir := t.TempDir()
	var arguments []string
	for name, mode := range map[string]os.FileMode{"poolguard": 0o700 | group, "LICENSE": 0o600 | group&^0o111} {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte("content of "+name), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(file, mode); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(file, at, at); err != nil {
			t.Fatal(err)
		}
		arguments = append(arguments, "poolguard_v1/"+name+"="+file)
	}
	return arguments
}

func TestSameFilesGiveSameBytes(t *testing.T) {
	for _, ending := range []string{".tar.gz", ".zip"} {
		t.Run(ending, func(t *testing.T) {
			var archives [2][]byte
			for i := range archives {
				arguments := tree(t, os.FileMode(i*0o055), time.Unix(int64(1e9*(i+1)), 0))
				output := filepath.Join(t.TempDir(), "out"+ending)
				if err := run(output, released, arguments); err != nil {
					t.Fatal(err)
				}
				content, err := os.ReadFile(output)
				if err != nil {
					t.Fatal(err)
				}
				archives[i] = content
			}
			if !bytes.Equal(archives[0], archives[1]) {
				t.Error("the archives differ")
			}
		})
	}
}

func TestEntries(t *testing.T) {
	want := []string{
		"poolguard_v1/LICENSE -rw-r--r-- 2026-03-04T05:06:08Z content of LICENSE",
		"poolguard_v1/poolguard -rwxr-xr-x 2026-03-04T05:06:08Z content of poolguard",
	}
	for ending, list := range map[string]func(*testing.T, string) []string{".tar.gz": listTarGz, ".zip": listZip} {
		t.Run(ending, func(t *testing.T) {
			output := filepath.Join(t.TempDir(), "out"+ending)
			if err := run(output, released, tree(t, 0, time.Unix(1e9, 0))); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, list(t, output)); diff != "" {
				t.Errorf("entries (-want +got):\n%s", diff)
			}
		})
	}
}

func TestRefusals(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		output    string
		arguments []string
	}{
		"other format":   {"out.rar", []string{"a=" + file}},
		"nothing":        {"out.zip", nil},
		"no name":        {"out.zip", []string{file}},
		"absolute name":  {"out.zip", []string{"/a=" + file}},
		"climbing name":  {"out.zip", []string{"../a=" + file}},
		"repeated name":  {"out.zip", []string{"a=" + file, "a=" + file}},
		"file not there": {"out.zip", []string{"a=" + file + ".none"}},
	} {
		t.Run(name, func(t *testing.T) {
			output := filepath.Join(t.TempDir(), test.output)
			if err := run(output, released, test.arguments); err == nil {
				t.Error("packed without an error")
			}
			if _, err := os.Stat(output); err == nil {
				t.Error("left an archive behind")
			}
		})
	}
}

func listTarGz(t *testing.T, file string) []string {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	compressed, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	var entries []string
	for archive := tar.NewReader(compressed); ; {
		header, err := archive.Next()
		if err == io.EOF {
			return entries
		}
		if err != nil {
			t.Fatal(err)
		}
		if header.Uid != 0 || header.Gid != 0 || header.Uname != "" || header.Gname != "" {
			t.Errorf("%s names an owner", header.Name)
		}
		entries = append(entries, describe(t, header.Name, header.FileInfo(), archive))
	}
}

func listZip(t *testing.T, file string) []string {
	t.Helper()
	archive, err := zip.OpenReader(file)
	if err != nil {
		t.Fatal(err)
	}
	defer archive.Close()
	var entries []string
	for _, f := range archive.File {
		content, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		entries = append(entries, describe(t, f.Name, f.FileInfo(), content))
		if err := content.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return entries
}

func describe(t *testing.T, name string, info os.FileInfo, r io.Reader) string {
	t.Helper()
	content, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%s %s %s %s", name, info.Mode(), info.ModTime().UTC().Format(time.RFC3339), content)
}
