package profile

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/goccy/go-yaml"

	"github.com/poolguard/poolguard/internal/privatefile"
)

// Load reads the file at path. It returns an empty file if there is none.
func Load(path string) (*File, error) {
	file, _, err := load(path)
	return file, err
}

func load(path string) (*File, []byte, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return &File{}, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxBytes+1))
	if err != nil {
		return nil, nil, err
	}
	file, err := Parse(path, text)
	return file, text, err
}

// patience is how long to wait for other processes that save. Saving takes milliseconds.
const patience = 10 * time.Second

// Update reads the file at path, calls change, and writes the file if change returns true.
// Another process that saves at the same time does so before or after. Comments stay where
// they are.
func Update(ctx context.Context, path string, change func(*File) bool) error {
	// A file that is a link stays a link: it may lead to a folder under version control.
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	release, err := privatefile.Take(ctx, path+".lock", patience)
	if err != nil {
		return err
	}
	defer release()
	file, before, err := load(path)
	if err != nil {
		return err
	}
	if !change(file) {
		return nil
	}
	text, err := file.marshal(before)
	if err != nil {
		return err
	}
	return privatefile.Write(path, text)
}

const header = "# Profiles for signing in from the terminal. poolguard login writes this file.\n"

// marshal writes the file, with the comments that its text before had.
func (f *File) marshal(before []byte) ([]byte, error) {
	comments := yaml.CommentMap{}
	if len(before) > 0 {
		var content yaml.MapSlice
		if err := yaml.UnmarshalWithOptions(before, &content, yaml.CommentToMap(comments)); err != nil {
			return nil, err // Parse has read it
		}
	}
	profiles := yaml.MapSlice{}
	for _, name := range slices.Sorted(maps.Keys(f.Profiles)) {
		profiles = append(profiles, yaml.MapItem{Key: name, Value: f.Profiles[name].marshal()})
	}
	all := yaml.MapSlice{}
	if f.Default != "" {
		all = append(all, yaml.MapItem{Key: "default", Value: f.Default})
	}
	all = append(all, yaml.MapItem{Key: "profiles", Value: profiles})
	text, err := yaml.MarshalWithOptions(all, yaml.WithComment(comments), yaml.IndentSequence(true))
	if err != nil {
		return nil, err
	}
	if len(before) == 0 {
		text = slices.Concat([]byte(header), text)
	}
	// A text that Parse would read differently is not written.
	back, err := Parse("", text)
	if err != nil || !f.equal(back) {
		return nil, errors.New("the profiles cannot be written as YAML; remove comments from the file")
	}
	return bytes.TrimLeft(text, "\n"), nil
}

func (p Profile) marshal() yaml.MapSlice {
	var all yaml.MapSlice
	add := func(key string, value any, there bool) {
		if there {
			all = append(all, yaml.MapItem{Key: key, Value: value})
		}
	}
	add("user_pool", p.UserPoolID, p.UserPoolID != "")
	add("replica_regions", p.Replicas, len(p.Replicas) > 0)
	add("client_id", p.ClientID, p.ClientID != "")
	add("domain", p.Domain, p.Domain != "")
	add("issuer", p.Issuer, p.Issuer != "")
	add("scopes", p.Scopes, len(p.Scopes) > 0)
	add("port", p.Port, p.Port != 0)
	add("machine", true, p.Machine)
	add("local", true, p.Local)
	add("client_secret", yaml.MapSlice{{Key: "env", Value: p.Secret.Env}}, p.Secret.Env != "")
	add("client_secret", yaml.MapSlice{{Key: "file", Value: p.Secret.File}}, p.Secret.File != "")
	return all
}

func (f *File) equal(other *File) bool {
	return f.Default == other.Default && maps.EqualFunc(f.Profiles, other.Profiles, Profile.Equal)
}

// Equal reports whether two profiles have the same values.
func (p Profile) Equal(other Profile) bool {
	lists := slices.Equal(p.Scopes, other.Scopes) && slices.Equal(p.Replicas, other.Replicas)
	return lists && p.UserPoolID == other.UserPoolID && p.ClientID == other.ClientID && p.Domain == other.Domain &&
		p.Issuer == other.Issuer && p.Port == other.Port && p.Machine == other.Machine && p.Local == other.Local && p.Secret == other.Secret
}
