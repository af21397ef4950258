// Command modproxy packs a module the way a module proxy serves it, into a
// folder that GOPROXY=file://... can name. With it a release is tried out
// before there is one: what a consumer would get, from the go command itself.
//
//	modproxy -module cognito -version v0.1.0 -output /tmp/proxy
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
	"golang.org/x/mod/zip"
)

func main() {
	dir := flag.String("module", "", "folder of the module")
	version := flag.String("version", "", "version to serve it as, such as v0.1.0")
	output := flag.String("output", "", "folder of the proxy")
	flag.Parse()
	if err := run(*dir, *version, *output); err != nil {
		fmt.Fprintln(os.Stderr, "modproxy:", err)
		os.Exit(1)
	}
}

func run(dir, version, output string) error {
	if dir == "" || version == "" || output == "" {
		return errors.New("-module, -version and -output are all needed")
	}
	requirements, err := os.ReadFile(filepath.Join(dir, "go.mod"))
	if err != nil {
		return err
	}
	subject := module.Version{Path: modfile.ModulePath(requirements), Version: version}
	escaped, err := module.EscapePath(subject.Path)
	if err != nil {
		return err
	}
	folder := filepath.Join(output, filepath.FromSlash(escaped), "@v")
	if err := os.MkdirAll(folder, 0o750); err != nil {
		return err
	}
	info, err := json.Marshal(struct {
		Version string
		Time    time.Time
	}{version, time.Unix(0, 0).UTC()})
	if err != nil {
		return err
	}
	for name, content := range map[string][]byte{
		"list":            []byte(version + "\n"),
		version + ".info": info,
		version + ".mod":  requirements,
	} {
		if err := os.WriteFile(filepath.Join(folder, name), content, 0o600); err != nil {
			return err
		}
	}
	packed, err := os.Create(filepath.Join(folder, version+".zip"))
	if err != nil {
		return err
	}
	return errors.Join(zip.CreateFromDir(packed, subject, dir), packed.Close())
}
