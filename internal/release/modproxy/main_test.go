package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// TestGoCommandReadsIt requires a served module from another one.
func TestGoCommandReadsIt(t *testing.T) {
	dir := t.TempDir()
	write := func(name, content string) {
		t.Helper()
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("served/go.mod", "module example.org/Served\n\ngo 1.26.0\n")
	write("served/served.go", "package served\n\nconst Answer = 42\n")
	write("served/nested/go.mod", "module example.org/Served/nested\n")
	write("served/nested/broken.go", "not Go: a module of its own is not packed")
	write("consumer/go.mod", "module example.org/consumer\n\ngo 1.26.0\n\nrequire example.org/Served v0.1.0\n")
	write("consumer/main.go", "package main\n\nimport (\n\t\"fmt\"\n\n\tserved \"example.org/Served\"\n)\n\nfunc main() { fmt.Println(served.Answer) }\n")

	if err := run(filepath.Join(dir, "served"), "v0.1.0", filepath.Join(dir, "proxy")); err != nil {
		t.Fatal(err)
	}
	command := exec.CommandContext(t.Context(), "go", "run", ".")
	command.Dir = filepath.Join(dir, "consumer")
	command.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=-mod=mod -modcacherw", "GONOSUMDB=*",
		"GOPROXY=file://"+filepath.ToSlash(filepath.Join(dir, "proxy")), "GOMODCACHE="+filepath.Join(dir, "modules"))
	output, err := command.Output()
	if err != nil || string(output) != "42\n" {
		t.Errorf("the consumer printed %q (%v), want 42", output, err)
	}
}

func TestRefusals(t *testing.T) {
	dir := t.TempDir()
	for name, arguments := range map[string][3]string{
		"nothing":     {},
		"no module":   {dir, "v0.1.0", dir},
		"bad version": {".", "latest", dir},
	} {
		t.Run(name, func(t *testing.T) {
			if err := run(arguments[0], arguments[1], arguments[2]); err == nil {
				t.Error("packed without an error")
			}
		})
	}
}
