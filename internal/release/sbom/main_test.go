package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	cdx "github.com/CycloneDX/cyclonedx-go"
	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

var released = time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)

// TestOwnBinary builds this very command, because it has requirements, and
// compares its list with what the go command says of it.
func TestOwnBinary(t *testing.T) {
	dir := t.TempDir()
	binary := filepath.Join(dir, "sbom")
	goCommand(t, "build", "-buildvcs=false", "-o", binary, ".")

	var documents [2]string
	for i := range documents {
		output := filepath.Join(dir, fmt.Sprint(i)+".json")
		if err := run(binary, "v1.2.3", released, output); err != nil {
			t.Fatal(err)
		}
		content, err := os.ReadFile(output)
		if err != nil {
			t.Fatal(err)
		}
		documents[i] = string(content)
	}
	if documents[0] != documents[1] {
		t.Error("the same binary gave two lists")
	}
	validate(t, documents[0])

	var bom cdx.BOM
	if err := cdx.NewBOMDecoder(strings.NewReader(documents[0]), cdx.BOMFileFormatJSON).Decode(&bom); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, component := range *bom.Components {
		if component.Name != "std" {
			got = append(got, component.Name+" "+component.Version)
		}
	}
	var want []string
	for line := range strings.Lines(goCommand(t, "version", "-m", binary)) {
		if fields := strings.Fields(line); len(fields) > 2 && fields[0] == "dep" {
			want = append(want, fields[1]+" "+fields[2])
		}
	}
	if len(want) == 0 {
		t.Fatal("the go command lists no module")
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("modules (-go version -m +list):\n%s", diff)
	}
	content, err := os.ReadFile(binary)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(content)
	if got, want := (*bom.Metadata.Component.Hashes)[0].Value, hex.EncodeToString(sum[:]); got != want {
		t.Errorf("hash of the binary is %s, want %s", got, want)
	}
}

func TestDescribe(t *testing.T) {
	info := &debug.BuildInfo{
		GoVersion: "go1.26.8 X:boringcrypto",
		Path:      "github.com/poolguard/poolguard/cmd/poolguard",
		Main:      debug.Module{Path: "github.com/poolguard/poolguard", Version: "(devel)"},
		Deps: []*debug.Module{
			{Path: "example.org/a", Version: "v1.0.0+incompatible", Sum: "h1:a="},
			{Path: "example.org/b", Version: "v1.0.0", Replace: &debug.Module{Path: "example.org/fork", Version: "v1.0.1", Sum: "h1:f="}},
			{Path: "github.com/poolguard/poolguard/cognito", Version: "v0.0.0", Replace: &debug.Module{Path: "./cognito"}},
			{Path: "github.com/poolguard/poolguardian", Version: "v9.0.0"},
		},
		Settings: []debug.BuildSetting{{Key: "-ldflags", Value: "-X a=b"}, {Key: "-trimpath", Value: "true"}, {Key: "GOOS", Value: "linux"}},
	}
	bom := describe(info, sha256.Sum256(nil), "v1.2.3", released)

	subject := bom.Metadata.Component
	if subject.Name != "poolguard" || subject.Version != "v1.2.3" || subject.PackageURL != "pkg:golang/github.com/poolguard/poolguard@v1.2.3" {
		t.Errorf("subject is %s %s %s", subject.Name, subject.Version, subject.PackageURL)
	}
	if diff := cmp.Diff([]cdx.Property{{Name: "go.build.trimpath", Value: "true"}, {Name: "go.build.GOOS", Value: "linux"}}, *subject.Properties); diff != "" {
		t.Errorf("build settings (-want +got):\n%s", diff)
	}
	var got []string
	for _, component := range *bom.Components {
		got = append(got, component.PackageURL)
	}
	want := []string{
		"pkg:golang/std@1.26.8",
		"pkg:golang/example.org/a@v1.0.0%2Bincompatible",
		"pkg:golang/example.org/fork@v1.0.1",
		"pkg:golang/github.com/poolguard/poolguard/cognito@v1.2.3",
		"pkg:golang/github.com/poolguard/poolguardian@v9.0.0",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("components (-want +got):\n%s", diff)
	}
}

func TestRefusals(t *testing.T) {
	text := filepath.Join(t.TempDir(), "text")
	if err := os.WriteFile(text, []byte("no binary"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct{ binary, version string }{
		"no binary":       {"", "v1.2.3"},
		"no version":      {text, ""},
		"not a Go binary": {text, "v1.2.3"},
		"not there":       {text + ".none", "v1.2.3"},
	} {
		t.Run(name, func(t *testing.T) {
			output := filepath.Join(t.TempDir(), "out.json")
			if err := run(test.binary, test.version, released, output); err == nil {
				t.Error("wrote a list without an error")
			}
			if _, err := os.Stat(output); err == nil {
				t.Error("left a file behind")
			}
		})
	}
}

// validate holds document against the published schema, which comes with the
// source of the CycloneDX library.
func validate(t *testing.T, document string) {
	t.Helper()
	dir := filepath.Join(strings.TrimSpace(goCommand(t, "list", "-m", "-f", "{{.Dir}}", "github.com/CycloneDX/cyclonedx-go")), "schema")
	const base = "http://cyclonedx.org/schema/"
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	for name, file := range map[string]string{
		"bom-1.6.schema.json":  "bom-1.6.schema.json",
		"spdx.schema.json":     "spdx.schema.json",
		"jsf-0.82.schema.json": "jsf-0.82.schemax.json",
	} {
		content, err := os.Open(filepath.Join(dir, file))
		if err != nil {
			t.Fatal(err)
		}
		schema, err := jsonschema.UnmarshalJSON(content)
		if err != nil {
			t.Fatal(err)
		}
		if err := content.Close(); err != nil {
			t.Fatal(err)
		}
		if err := compiler.AddResource(base+name, schema); err != nil {
			t.Fatal(err)
		}
	}
	schema, err := compiler.Compile(base + "bom-1.6.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		document string
		valid    bool
	}{
		"the list":                   {document, true},
		"a component without a name": {`{"bomFormat":"CycloneDX","specVersion":"1.6","components":[{"type":"library"}]}`, false},
	} {
		instance, err := jsonschema.UnmarshalJSON(strings.NewReader(test.document))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(instance); (err == nil) != test.valid {
			t.Errorf("%s: is CycloneDX 1.6: %t, want %t: %v", name, err == nil, test.valid, err)
		}
	}
}

func goCommand(t *testing.T, arguments ...string) string {
	t.Helper()
	output, err := exec.CommandContext(t.Context(), "go", arguments...).Output()
	if err != nil {
		t.Fatalf("go %s: %v", strings.Join(arguments, " "), err)
	}
	return string(output)
}
