// Command sbom reads the build information of a Go binary and writes what the
// binary was made from as CycloneDX 1.6 JSON: the binary itself with its
// SHA-256, the Go standard library, and every module linked into it. The same
// binary, version and time always give the same bytes.
//
//	sbom -binary build/poolguard -version v0.1.0 -time 1700000000 -output poolguard.cdx.json
package main

import (
	"bytes"
	"crypto/sha256"
	"debug/buildinfo"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"os"
	"path"
	"runtime/debug"
	"strings"
	"time"

	cdx "github.com/CycloneDX/cyclonedx-go"
)

// project is the path that all modules of this repository share. They are
// released together, so they carry the version of the release.
const project = "github.com/poolguard/poolguard"

func main() {
	binary := flag.String("binary", "", "Go binary to read")
	version := flag.String("version", "", "version of the release, such as v0.1.0")
	seconds := flag.Int64("time", 0, "time of the release, in Unix seconds")
	output := flag.String("output", "", "file to write")
	flag.Parse()
	if err := run(*binary, *version, time.Unix(*seconds, 0).UTC(), *output); err != nil {
		fmt.Fprintln(os.Stderr, "sbom:", err)
		os.Exit(1)
	}
}

func run(binary, version string, at time.Time, output string) error {
	if binary == "" || version == "" || output == "" {
		return errors.New("-binary, -version and -output are all needed")
	}
	content, err := os.ReadFile(binary)
	if err != nil {
		return err
	}
	info, err := buildinfo.Read(bytes.NewReader(content))
	if err != nil {
		return fmt.Errorf("%s: %w", binary, err)
	}
	bom := describe(info, sha256.Sum256(content), version, at)
	var document bytes.Buffer
	encoder := cdx.NewBOMEncoder(&document, cdx.BOMFileFormatJSON).SetPretty(true).SetEscapeHTML(false)
	if err := encoder.EncodeVersion(bom, cdx.SpecVersion1_6); err != nil {
		return err
	}
	return os.WriteFile(output, document.Bytes(), 0o644) //nolint:gosec // G306: the list is published.
}

// describe lists what info says the binary was made from. Build information is
// already sorted by module path, and so is the list.
func describe(info *debug.BuildInfo, sum [sha256.Size]byte, version string, at time.Time) *cdx.BOM {
	subject := module(&debug.Module{Path: info.Main.Path, Version: version}, version)
	subject.Type = cdx.ComponentTypeApplication
	subject.Name = path.Base(info.Path)
	subject.Hashes = &[]cdx.Hash{{Algorithm: cdx.HashAlgoSHA256, Value: hex.EncodeToString(sum[:])}}
	subject.Properties = platform(info.Settings)

	goVersion, _, _ := strings.Cut(strings.TrimPrefix(info.GoVersion, "go"), " ")
	components := []cdx.Component{module(&debug.Module{Path: "std", Version: goVersion}, version)}
	for _, m := range info.Deps {
		components = append(components, module(m, version))
	}
	references := make([]string, len(components))
	dependencies := make([]cdx.Dependency, 0, len(components)+1)
	for i := range components {
		references[i] = components[i].BOMRef
	}
	dependencies = append(dependencies, cdx.Dependency{Ref: subject.BOMRef, Dependencies: &references})
	for _, reference := range references {
		dependencies = append(dependencies, cdx.Dependency{Ref: reference})
	}

	bom := cdx.NewBOM()
	bom.SerialNumber = serial(sum)
	bom.Metadata = &cdx.Metadata{
		Timestamp:  at.Format(time.RFC3339),
		Lifecycles: &[]cdx.Lifecycle{{Phase: cdx.LifecyclePhaseBuild}},
		Component:  &subject,
	}
	bom.Components = &components
	bom.Dependencies = &dependencies
	// The modules are all there. Which module needs which is not in the binary.
	bom.Compositions = &[]cdx.Composition{
		{Aggregate: cdx.CompositionAggregateComplete, Assemblies: &[]cdx.BOMReference{cdx.BOMReference(subject.BOMRef)}},
		{Aggregate: cdx.CompositionAggregateUnknown, Dependencies: &[]cdx.BOMReference{cdx.BOMReference(subject.BOMRef)}},
	}
	return bom
}

// module describes one module by the version that was really linked.
func module(m *debug.Module, version string) cdx.Component {
	if m.Replace != nil && m.Replace.Version != "" {
		m = m.Replace
	}
	if m.Path == project || strings.HasPrefix(m.Path, project+"/") {
		m = &debug.Module{Path: m.Path, Version: version}
	}
	purl := "pkg:golang/" + m.Path + "@" + strings.ReplaceAll(m.Version, "+", "%2B")
	component := cdx.Component{
		BOMRef:     purl,
		Type:       cdx.ComponentTypeLibrary,
		Name:       m.Path,
		Version:    m.Version,
		PackageURL: purl,
		Scope:      cdx.ScopeRequired,
	}
	if m.Sum != "" {
		component.Properties = &[]cdx.Property{{Name: "go.sum", Value: m.Sum}}
	}
	return component
}

// platform keeps those build settings that say what the binary runs on and how
// it was linked.
func platform(settings []debug.BuildSetting) *[]cdx.Property {
	var kept []cdx.Property
	for _, setting := range settings {
		switch setting.Key {
		case "GOOS", "GOARCH", "GOAMD64", "GOARM64", "CGO_ENABLED", "GOFIPS140", "-trimpath":
			kept = append(kept, cdx.Property{Name: "go.build." + strings.TrimPrefix(setting.Key, "-"), Value: setting.Value})
		}
	}
	if kept == nil {
		return nil
	}
	return &kept
}

// serial is a UUID (version 8, RFC 9562) made from the hash of the binary: one
// binary has one list.
func serial(sum [sha256.Size]byte) string {
	id := sum[:16:16]
	id[6] = id[6]&0x0f | 0x80
	id[8] = id[8]&0x3f | 0x80
	return fmt.Sprintf("urn:uuid:%x-%x-%x-%x-%x", id[:4], id[4:6], id[6:8], id[8:10], id[10:])
}
