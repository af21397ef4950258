package profile

import (
	"strconv"

	"github.com/poolguard/poolguard/internal/yamlfile"
)

const maxBytes = 32 << 10

// schema lists the keys of the file. A program writes the file back, so it has no
// aliases.
var schema = yamlfile.Schema[File]{MaxBytes: maxBytes, NoAliases: true, Fields: fileFields}

var (
	fileFields = []yamlfile.Field[File]{
		{Key: "default", Name: "Default", Read: readDefault},
		yamlfile.NamedObjects("profiles", "Profiles", func(f *File) *map[string]Profile { return &f.Profiles }, CheckName, profileFields),
	}
	profileFields = []yamlfile.Field[Profile]{
		yamlfile.NonEmptyText("user_pool", "UserPoolID", func(p *Profile) *string { return &p.UserPoolID }),
		yamlfile.NonEmptyTexts("replica_regions", "Replicas", func(p *Profile) *[]string { return &p.Replicas }),
		yamlfile.NonEmptyText("client_id", "ClientID", func(p *Profile) *string { return &p.ClientID }),
		yamlfile.NonEmptyText("domain", "Domain", func(p *Profile) *string { return &p.Domain }),
		yamlfile.NonEmptyText("issuer", "Issuer", func(p *Profile) *string { return &p.Issuer }),
		yamlfile.NonEmptyTexts("scopes", "Scopes", func(p *Profile) *[]string { return &p.Scopes }),
		{Key: "port", Name: "Port", Read: readPort},
		yamlfile.Bool("machine", "Machine", func(p *Profile) *bool { return &p.Machine }),
		yamlfile.Bool("local", "Local", func(p *Profile) *bool { return &p.Local }),
		yamlfile.SecretSource("client_secret", "Secret", func(p *Profile) *Secret { return &p.Secret }),
	}
)

// Parse reads the text of a file. name is what faults call the file. The error is a
// [*yamlfile.Error] with all faults, in the order of their lines. Parse is safe for
// concurrent use.
func Parse(name string, text []byte) (*File, error) {
	document, err := schema.Parse(name, text, yamlfile.Lookup{})
	if err != nil {
		return nil, err
	}
	return &document.Config, nil
}

func readDefault(v *yamlfile.Value, into *File) {
	name, ok := v.Text()
	if !ok {
		return
	}
	if reason := CheckName(name); reason != "" {
		shown := "the name"
		if len(name) <= longestShown {
			shown = strconv.QuoteToASCII(name)
		}
		v.Fault("%s %s", shown, reason)
	}
	into.Default = name
}

// longestShown is the length of the longest name that a fault shows. A longer one may be
// something else that was put there by mistake.
const longestShown = 40

const maxPort = 65535

func readPort(v *yamlfile.Value, into *Profile) {
	port, ok := v.Int()
	if ok && (port < 1 || port > maxPort) {
		v.Fault("got %d, want 1 to %d", port, maxPort)
	}
	into.Port = port
}
