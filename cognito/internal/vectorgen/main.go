// Command vectorgen writes the accept/reject vectors in cognito/testdata/vectors:
//
//	cd cognito && go run ./internal/vectorgen
//
// It signs with package rsa and writes JSON with encoding/json. It imports no part of the
// verifier, so it does not copy the verifier's mistakes. It uses no random values and no
// current time, so the files are the same each time.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
)

//go:generate go run . -module ../..

func main() {
	module := flag.String("module", ".", "folder of the module cognito")
	flag.Parse()
	if err := run(*module); err != nil {
		fmt.Fprintln(os.Stderr, "vectorgen:", err)
		os.Exit(1)
	}
}

func run(module string) error {
	files, err := generate(module)
	if err != nil {
		return err
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(module, "testdata", "vectors", name), text, 0o644); err != nil { //nolint:gosec // public data, committed
			return err
		}
	}
	return nil
}

// generate returns the texts of the files by their names. The module's folder has the
// keys.
func generate(module string) (map[string][]byte, error) {
	ring, err := readKeys(module)
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{}
	for _, chapter := range []*chapter{
		acceptChapter(ring), shapeChapter(ring), headerChapter(ring), claimsChapter(ring),
		keysChapter(ring), signaturesChapter(ring), requirementsChapter(ring), orderChapter(ring),
	} {
		files[chapter.theme+".json"] = chapter.text()
	}
	return files, nil
}
