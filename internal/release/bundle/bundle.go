// Package bundle packs files into archives. The bytes depend only on the names, the contents, the
// executable bits and the given time: entries are sorted, owners are 0, and no field has data of
// the machine.
package bundle

import (
	"archive/tar"
	"archive/zip"
	"cmp"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"time"
)

// An Entry is one file to pack. Its mode is 0755 or 0644: other bits depend on the umask of the
// user who packs.
type Entry struct {
	Name    string
	Content []byte
	Mode    fs.FileMode
}

// ReadEntries reads arguments of the form name=path, sorted by name.
func ReadEntries(arguments []string) ([]Entry, error) {
	if len(arguments) == 0 {
		return nil, errors.New("nothing to pack")
	}
	entries := make([]Entry, 0, len(arguments))
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
		entries = append(entries, Entry{Name: name, Content: content, Mode: mode})
	}
	slices.SortFunc(entries, func(a, b Entry) int { return cmp.Compare(a.Name, b.Name) })
	for i := 1; i < len(entries); i++ {
		if entries[i].Name == entries[i-1].Name {
			return nil, fmt.Errorf("name %q is given twice", entries[i].Name)
		}
	}
	return entries, nil
}

// WriteTarGz writes a compressed tar archive.
func WriteTarGz(w io.Writer, at time.Time, entries []Entry) error {
	compressed, err := gzip.NewWriterLevel(w, gzip.BestCompression)
	if err != nil {
		return err
	}
	return errors.Join(WriteTar(compressed, at, entries), compressed.Close())
}

// WriteTar writes a tar archive.
func WriteTar(w io.Writer, at time.Time, entries []Entry) error {
	archive := tar.NewWriter(w)
	for _, e := range entries {
		header := &tar.Header{
			Typeflag: tar.TypeReg,
			Name:     e.Name,
			Size:     int64(len(e.Content)),
			Mode:     int64(e.Mode),
			ModTime:  at,
			Format:   tar.FormatUSTAR,
		}
		if err := archive.WriteHeader(header); err != nil {
			return err
		}
		if _, err := archive.Write(e.Content); err != nil {
			return err
		}
	}
	return archive.Close()
}

// WriteZip writes a zip archive.
func WriteZip(w io.Writer, at time.Time, entries []Entry) error {
	archive := zip.NewWriter(w)
	for _, e := range entries {
		header := &zip.FileHeader{Name: e.Name, Method: zip.Deflate, Modified: at}
		header.SetMode(e.Mode)
		file, err := archive.CreateHeader(header)
		if err != nil {
			return err
		}
		if _, err := file.Write(e.Content); err != nil {
			return err
		}
	}
	return archive.Close()
}
