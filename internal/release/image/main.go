// Command image makes a container image of the built command for several platforms, from scratch
// and without a container engine. The bytes depend only on the arguments and the files.
//
//	image -version v0.1.0 -time 1700000000 -license LICENSE -output dist amd64=build/amd64/poolguard arm64=build/arm64/poolguard
//
// It writes one OCI image layout for all platforms (poolguard_VERSION_image.oci.tar) and, for each
// platform, an archive for `docker load` (poolguard_VERSION_linux_ARCH_image.tar).
package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/google/go-containerregistry/pkg/v1/types"

	"github.com/poolguard/poolguard/internal/release/bundle"
)

func main() {
	var s settings
	flag.StringVar(&s.version, "version", "", "version of the release, such as v0.1.0")
	seconds := flag.Int64("time", 0, "time of every file, in Unix seconds")
	flag.StringVar(&s.license, "license", "", "file with the license")
	flag.StringVar(&s.output, "output", ".", "folder for the images")
	flag.Parse()
	s.time = time.Unix(*seconds, 0).UTC()
	if err := run(s, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "image:", err)
		os.Exit(1)
	}
}

type settings struct {
	version, license, output string
	time                     time.Time
}

// nonroot is the user of the image, by number: an image from scratch has no list of users.
const nonroot = "65532:65532"

func run(s settings, arguments []string) error {
	if len(arguments) == 0 {
		return errors.New("no binary: want arguments such as amd64=build/poolguard")
	}
	index := mutate.IndexMediaType(empty.Index, types.OCIImageIndex)
	for _, argument := range arguments {
		arch, binary, ok := strings.Cut(argument, "=")
		if !ok || arch == "" {
			return fmt.Errorf("argument %q: want ARCHITECTURE=FILE", argument)
		}
		image, err := s.image(arch, binary)
		if err != nil {
			return err
		}
		if err := s.loadable(arch, image); err != nil {
			return err
		}
		index = mutate.AppendManifests(index, mutate.IndexAddendum{
			Add: image, Descriptor: v1.Descriptor{Platform: &v1.Platform{OS: "linux", Architecture: arch}},
		})
	}
	return s.layout(index)
}

// image has the static binary and the license, in one layer.
func (s settings) image(arch, binary string) (v1.Image, error) {
	entries, err := bundle.ReadEntries([]string{"poolguard=" + binary, "LICENSE=" + s.license})
	if err != nil {
		return nil, err
	}
	var content bytes.Buffer
	if err := bundle.WriteTar(&content, s.time, entries); err != nil {
		return nil, err
	}
	layer, err := tarball.LayerFromOpener(
		func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(content.Bytes())), nil },
		tarball.WithMediaType(types.OCILayer))
	if err != nil {
		return nil, err
	}
	base := mutate.ConfigMediaType(mutate.MediaType(empty.Image, types.OCIManifestSchema1), types.OCIConfigJSON)
	image, err := mutate.Append(base, mutate.Addendum{Layer: layer, History: v1.History{
		Created: v1.Time{Time: s.time}, CreatedBy: "make release", Comment: "the command and its license",
	}})
	if err != nil {
		return nil, err
	}
	config, err := image.ConfigFile()
	if err != nil {
		return nil, err
	}
	config = config.DeepCopy()
	config.OS, config.Architecture, config.Created = "linux", arch, v1.Time{Time: s.time}
	config.Config = v1.Config{
		Entrypoint: []string{"/poolguard"}, User: nonroot, WorkingDir: "/",
		Labels: map[string]string{
			"org.opencontainers.image.title":       "Poolguard",
			"org.opencontainers.image.description": "Verifies tokens of Amazon Cognito user pools, and serves a local user pool",
			"org.opencontainers.image.version":     strings.TrimPrefix(s.version, "v"),
			"org.opencontainers.image.licenses":    "Apache-2.0",
			"org.opencontainers.image.source":      "https://github.com/poolguard/poolguard",
			"org.opencontainers.image.created":     s.time.Format(time.RFC3339),
		},
	}
	return mutate.ConfigFile(image, config)
}

// loadable writes the archive for `docker load` and `podman load`.
func (s settings) loadable(arch string, image v1.Image) error {
	tag, err := name.NewTag("poolguard:" + strings.TrimPrefix(s.version, "v"))
	if err != nil {
		return err
	}
	file, err := os.Create(filepath.Join(s.output, fmt.Sprintf("poolguard_%s_linux_%s_image.tar", s.version, arch)))
	if err != nil {
		return err
	}
	return errors.Join(tarball.Write(tag, image, file), file.Close())
}

// layout writes the images of all platforms as one archive with an OCI image layout.
func (s settings) layout(index v1.ImageIndex) error {
	folder, err := os.MkdirTemp("", "layout")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(folder) }()
	if _, err := layout.Write(folder, index); err != nil {
		return err
	}
	var arguments []string
	err = filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		relative, err := filepath.Rel(folder, path)
		arguments = append(arguments, filepath.ToSlash(relative)+"="+path)
		return err
	})
	if err != nil {
		return err
	}
	entries, err := bundle.ReadEntries(arguments)
	if err != nil {
		return err
	}
	file, err := os.Create(filepath.Join(s.output, "poolguard_"+s.version+"_image.oci.tar"))
	if err != nil {
		return err
	}
	return errors.Join(bundle.WriteTar(file, s.time, entries), file.Close())
}
