package describe

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	strict "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/poolguard/poolguard/userpool/internal/directory"
)

// maxImport bounds what Read takes. A description of a pool has some kilobytes.
const maxImport = 16 << 20

// Import is what descriptions say.
type Import struct {
	Pools   []directory.Pool
	Clients []directory.Client
	// Domains are the pools' own, by pool ID: prefixes and whole names.
	Domains map[string][]string
	// ResourceServers and Providers are made by [Merge] of what clients name:
	// descriptions of pools and clients have neither.
	ResourceServers []directory.ResourceServer
	Providers       []directory.Provider

	origins map[string]string // "pool "+ID or "client "+ID to file and JSON path
}

const howTo = "save what `aws cognito-idp describe-user-pool --user-pool-id … --output json` prints, " +
	"or `aws cognito-idp describe-user-pool-client --user-pool-id … --client-id … --output json`"

// Read reads the JSON documents of one source, in any order: {"UserPool":{…}} and
// {"UserPoolClient":{…}}. Errors begin with name, that of the source, and say what
// to do. Whether the documents fit together, and to the rules, [Merge] finds out.
func Read(r io.Reader, name string) (Import, error) {
	b, err := io.ReadAll(io.LimitReader(r, maxImport+1))
	if err != nil {
		return Import{}, fmt.Errorf("%s: %w", name, err)
	}
	if err := looksLikeJSON(b); err != nil {
		return Import{}, fmt.Errorf("%s: %w", name, err)
	}
	b = bytes.TrimPrefix(b, []byte("\ufeff"))
	// Of a Buffer the decoder reads in place; of other readers its errors can lose names.
	decoder := jsontext.NewDecoder(bytes.NewBuffer(b))
	in := Import{Domains: map[string][]string{}, origins: map[string]string{}}
	for n := 1; ; n++ {
		var document map[string]json.RawMessage
		err := strict.UnmarshalDecode(decoder, &document)
		if errors.Is(err, io.EOF) {
			return in, nil
		}
		at := name
		if n > 1 {
			at = fmt.Sprintf("%s: document %d", name, n)
		}
		if err != nil {
			return Import{}, fmt.Errorf("%s: %w", at, jsonError(err, ""))
		}
		if err := in.add(document, at); err != nil {
			return Import{}, fmt.Errorf("%s: %w", at, err)
		}
	}
}

// looksLikeJSON reports frequent mistakes, each with an error of its own, before the parser
// reports them in general words.
func looksLikeJSON(b []byte) error {
	text := bytes.TrimSpace(bytes.TrimPrefix(b, []byte("\ufeff")))
	switch {
	case len(b) > maxImport:
		return fmt.Errorf("has more than %d bytes: %s", maxImport, howTo)
	case len(text) == 0:
		return fmt.Errorf("is empty: %s", howTo)
	case bytes.HasPrefix(b, []byte("\xff\xfe")), bytes.HasPrefix(b, []byte("\xfe\xff")):
		return errors.New("is UTF-16, as PowerShell's > writes it: save it as UTF-8 (| Out-File -Encoding utf8)")
	case !utf8.Valid(b):
		return errors.New("is not UTF-8: save it as UTF-8")
	case text[0] != '{':
		line, _, _ := strings.Cut(string(text), "\n")
		return fmt.Errorf("is not a JSON object, it begins with %q: %s", shorten(line), howTo)
	}
	return nil
}

// shown returns a name of a file for an error: as it is, or quoted if it has characters
// that a reader would take for the error's own layout, or not see.
func shown(name string) string {
	if quoted := strconv.Quote(name); quoted != `"`+name+`"` {
		return quoted
	}
	return name
}

func shorten(s string) string { return shortenTo(s, 40) }

func shortenTo(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}

// add takes one document.
func (in *Import) add(document map[string]json.RawMessage, at string) error {
	names := slices.Sorted(maps.Keys(document))
	pool, isPool := document["UserPool"]
	client, isClient := document["UserPoolClient"]
	switch {
	case isPool && isClient:
		return errors.New("has both UserPool and UserPoolClient: give each its own document, as the AWS CLI prints them")
	case isPool:
		return in.addPool(pool, at)
	case isClient:
		return in.addClient(client, at)
	case document["UserPools"] != nil:
		return errors.New("is a list of user pools without their settings: describe each with `aws cognito-idp describe-user-pool`")
	case document["UserPoolClients"] != nil:
		return errors.New("is a list of app clients without their settings: describe each with `aws cognito-idp describe-user-pool-client`")
	case document["ClientId"] != nil:
		return errors.New("is an app client without the UserPoolClient around it: leave --query out")
	case document["Id"] != nil:
		return errors.New("is a user pool without the UserPool around it: leave --query out")
	}
	return fmt.Errorf("has neither UserPool nor UserPoolClient, but %s: %s", shown(shorten(strings.Join(names, ", "))), howTo)
}

func (in *Import) addPool(raw json.RawMessage, at string) error {
	const path = "UserPool"
	var p Pool
	if err := strict.Unmarshal(raw, &p); err != nil {
		return jsonError(err, path)
	}
	if _, err := p.settle(true, poolShapes, describedShapes, actionShapes); err != nil {
		return jsonError(err, path)
	}
	if p.ID == "" {
		return fmt.Errorf("%s.Id: is missing: %s", path, howTo)
	}
	d := p.Record()
	if err := in.claim("pool "+d.ID, at+": "+path); err != nil {
		return err
	}
	in.Pools = append(in.Pools, d)
	for _, domain := range []string{p.Domain, p.CustomDomain} {
		if domain != "" {
			in.Domains[d.ID] = append(in.Domains[d.ID], domain)
		}
	}
	return nil
}

func (in *Import) addClient(raw json.RawMessage, at string) error {
	const path = "UserPoolClient"
	var c Client
	if err := strict.Unmarshal(raw, &c); err != nil {
		return jsonError(err, path)
	}
	if _, err := settleOthers(c.Others, true, clientShapes); err != nil {
		return jsonError(err, path)
	}
	if c.ID == "" {
		return fmt.Errorf("%s.ClientId: is missing: %s", path, howTo)
	}
	if c.PoolID == "" {
		return fmt.Errorf("%s.UserPoolId: is missing: %s", path, howTo)
	}
	if err := c.checkUnits(path); err != nil {
		return err
	}
	d := c.Record()
	if err := in.claim("client "+d.ID, at+": "+path); err != nil {
		return err
	}
	in.Clients = append(in.Clients, d)
	return nil
}

// claim notes where something is described, which may be in one place only.
func (in *Import) claim(key, origin string) error {
	if first, is := in.origins[key]; is {
		return fmt.Errorf("%s is also described by %s: keep one", shown(key), first)
	}
	in.origins[key] = origin
	return nil
}

// checkUnits refuses units that Record would take for the default.
func (c *Client) checkUnits(path string) error {
	if c.TokenValidityUnits == nil {
		return nil
	}
	u := c.TokenValidityUnits
	for _, given := range []struct{ member, unit string }{
		{"AccessToken", u.AccessToken}, {"IdToken", u.IDToken}, {"RefreshToken", u.RefreshToken},
	} {
		if given.unit != "" && units[given.unit] == 0 {
			return fmt.Errorf("%s.TokenValidityUnits.%s: %q is not one of %s", path, given.member, given.unit, strings.Join(Units(), ", "))
		}
	}
	return nil
}

// jsonError puts the JSON path in front of what a decoder says.
func jsonError(err error, path string) error {
	const asPrinted = "take the file as the AWS CLI printed it"
	f := faultOf(err, nil)
	at := strings.Trim(path+"."+f.Path, ".")
	var noTime timeError
	switch {
	case f.Twice:
		return fmt.Errorf("%s: occurs twice: keep one", at)
	case errors.As(err, &noTime):
		return fmt.Errorf("%s: %w", at, noTime)
	case f.Kind != "" && at == "":
		return fmt.Errorf("is a JSON %s, not an object: %s", f.Kind, howTo)
	case f.Kind != "":
		return fmt.Errorf("%s: cannot be a JSON %s: %s", at, f.Kind, asPrinted)
	}
	return fmt.Errorf("is incomplete, or is not JSON (%w): %s", f.cause, asPrinted)
}
