// Command archive packs files into a .tar.gz or .zip. The bytes depend only on the
// names, the contents, the executable bits and the given time: entries are sorted,
// owners are 0, and no field has data of the machine.
//
//	archive -time 1700000000 -output poolguard.tar.gz poolguard/LICENSE=LICENSE poolguard/poolguard=build/poolguard
package main

import (
	"archive/tar"
	"archive/zip"
	"cmp"
	"compress/gzip"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"time"
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

// entry is one file to pack. Its mode is 0755 or 0644: other bits come from
// the umask of whoever packs.
type entry struct {
	name    string
	content []byte
	mode    fs.FileMode
}

func run(output string, at time.Time, arguments []string) error {
	var write func(io.Writer, time.Time, []entry) error
	switch {
	case strings.HasSuffix(output, ".tar.gz"):
		write = writeTarGz
	case strings.HasSuffix(output, ".zip"):
		write = writeZip
	default:
		return fmt.Errorf("output %q: the name must end in .tar.gz or .zip", output)
	}
	entries, err := readEntries(arguments)
	if err != nil {
		return err
	}
	file, err := os.Create(output)
	if err != nil {
		return err
	}
	return errors.Join(write(file, at, entries), file.Close())
}

// readEntries reads arguments of the form name=path, sorted by name.
func readEntries(arguments []string) ([]entry, error) {
	if len(arguments) == 0 {
		return nil, errors.New("nothing to pack")
	}
	entries := make([]entry, 0, len(arguments))
	for _, argument := range arguments {
		name, source, ok := strings.Cut(argument, "=")
		if !ok || !fs.ValidPath(name) || name == "." || path.Clean(name) != name {
			return nil, fmt.Errorf("argument %q: want name=path with a relative name", argument)
		}
		info, err := os.Stat(source)
		if err != nil {
			return nil, err
		}
		content, err := os.ReadFile(source)
		if err != nil {
			return nil, err
		}
		mode := fs.FileMode(0o644)
		if info.Mode()&0o111 != 0 {
			mode = 0o755
		}
		entries = append(entries, entry{name: name, content: content, mode: mode})
	}
	slices.SortFunc(entries, func(a, b entry) int { return cmp.Compare(a.name, b.name) })
	for i := 1; i < len(entries); i++ {
		if entries[i].name == entries[i-1].name {
			return nil, fmt.Errorf("name %q is given twice", entries[i].name)
		}
	}
	return entries, nil
}

func writeTarGz(w io.Writer, at time.Time, entries []entry) error {
	compressed, err := gzip.NewWriterLevel(w, gzip.BestCompression)
	if err != nil {
		return err
	}
	archive := tar.NewWriter(compressed)
	for _, e := range entries {
		header := &tar.Header{
			Typeflag: tar.TypeReg,
			Name:     e.name,
			Size:     int64(len(e.content)),
			Mode:     int64(e.mode),
			ModTime:  at,
			Format:   tar.FormatUSTAR,
		}
		if err := archive.WriteHeader(header); err != nil {
			return err
		}
		if _, err := archive.Write(e.content); err != nil {
			return err
		}
	}
	return errors.Join(archive.Close(), compressed.Close())
}

func writeZip(w io.Writer, at time.Time, entries []entry) error {
	archive := zip.NewWriter(w)
	for _, e := range entries {
		header := &zip.FileHeader{Name: e.name, Method: zip.Deflate, Modified: at}
		header.SetMode(e.mode)
		file, err := archive.CreateHeader(header)
		if err != nil {
			return err
		}
		if _, err := file.Write(e.content); err != nil {
			return err
		}
	}
	return archive.Close()
}
