package main

import (
	"archive/tar"
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/google/go-containerregistry/pkg/v1/validate"
)

func images(t *testing.T) string {
	t.Helper()
	source, output := t.TempDir(), t.TempDir()
	for name, mode := range map[string]os.FileMode{"amd64": 0o700, "arm64": 0o755, "LICENSE": 0o600} {
		if err := os.WriteFile(filepath.Join(source, name), []byte("content of "+name), mode); err != nil {
			t.Fatal(err)
		}
	}
	s := settings{version: "v1.2.3", license: filepath.Join(source, "LICENSE"), output: output, time: time.Date(2026, 3, 4, 5, 6, 8, 0, time.UTC)}
	if err := run(s, []string{"amd64=" + filepath.Join(source, "amd64"), "arm64=" + filepath.Join(source, "arm64")}); err != nil {
		t.Fatal(err)
	}
	return output
}

func TestSameFilesGiveSameImages(t *testing.T) {
	t.Parallel()
	one, two := images(t), images(t)
	entries, err := os.ReadDir(one)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
		first, err := os.ReadFile(filepath.Join(one, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		if second, err := os.ReadFile(filepath.Join(two, e.Name())); err != nil || !bytes.Equal(first, second) {
			t.Errorf("%s differs between two runs: %v", e.Name(), err)
		}
	}
	want := []string{"poolguard_v1.2.3_image.oci.tar", "poolguard_v1.2.3_linux_amd64_image.tar", "poolguard_v1.2.3_linux_arm64_image.tar"}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
}

// check holds an image against what its users rely on.
func check(t *testing.T, image v1.Image, arch string) {
	t.Helper()
	if err := validate.Image(image); err != nil {
		t.Error(err)
	}
	config, err := image.ConfigFile()
	if err != nil {
		t.Fatal(err)
	}
	if config.OS != "linux" || config.Architecture != arch {
		t.Errorf("platform %s/%s, want linux/%s", config.OS, config.Architecture, arch)
	}
	c := config.Config
	if c.User != nonroot || !slices.Equal(c.Entrypoint, []string{"/poolguard"}) || c.Labels["org.opencontainers.image.version"] != "1.2.3" {
		t.Errorf("config %+v", c)
	}
	layers, err := image.Layers()
	if err != nil || len(layers) != 1 {
		t.Fatalf("%d layers, %v", len(layers), err)
	}
	content, err := layers[0].Uncompressed()
	if err != nil {
		t.Fatal(err)
	}
	defer content.Close()
	var files []string
	for r := tar.NewReader(content); ; {
		header, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, header.Name)
		if header.Name == "poolguard" {
			text, err := io.ReadAll(r)
			if err != nil || string(text) != "content of "+arch || header.Mode != 0o755 {
				t.Errorf("the command of %s: %q, mode %o, %v", arch, text, header.Mode, err)
			}
		}
	}
	if diff := cmp.Diff([]string{"LICENSE", "poolguard"}, files); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
}

func TestLoadableImagesHaveTheCommandAlone(t *testing.T) {
	t.Parallel()
	folder := images(t)
	for _, arch := range []string{"amd64", "arm64"} {
		image, err := tarball.ImageFromPath(filepath.Join(folder, "poolguard_v1.2.3_linux_"+arch+"_image.tar"), nil)
		if err != nil {
			t.Fatal(err)
		}
		check(t, image, arch)
	}
}

func TestLayoutHasAllPlatforms(t *testing.T) {
	t.Parallel()
	file, err := os.Open(filepath.Join(images(t), "poolguard_v1.2.3_image.oci.tar"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	folder := t.TempDir()
	for r := tar.NewReader(file); ; {
		header, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		target := filepath.Join(folder, filepath.FromSlash(header.Name))
		content, err := io.ReadAll(r)
		if err == nil {
			err = os.MkdirAll(filepath.Dir(target), 0o755)
		}
		if err == nil {
			err = os.WriteFile(target, content, 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	index, err := layout.ImageIndexFromPath(folder)
	if err != nil {
		t.Fatal(err)
	}
	manifest, err := index.IndexManifest()
	if err != nil {
		t.Fatal(err)
	}
	var archs []string
	for _, m := range manifest.Manifests {
		image, err := index.Image(m.Digest)
		if err != nil {
			t.Fatal(err)
		}
		archs = append(archs, m.Platform.Architecture)
		check(t, image, m.Platform.Architecture)
	}
	if diff := cmp.Diff([]string{"amd64", "arm64"}, archs); diff != "" {
		t.Errorf("platforms (-want +got):\n%s", diff)
	}
}

func TestArgumentsWithoutABinaryAreErrors(t *testing.T) {
	t.Parallel()
	for _, arguments := range [][]string{nil, {"amd64"}, {"=file"}, {"amd64=missing"}} {
		if err := run(settings{version: "v1.2.3", license: "main.go", output: t.TempDir()}, arguments); err == nil {
			t.Errorf("%q: got no error", arguments)
		}
	}
}
