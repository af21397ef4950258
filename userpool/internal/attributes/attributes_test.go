package attributes_test

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/poolguard/poolguard/userpool/internal/attributes"
	"github.com/poolguard/poolguard/userpool/internal/directory"
)

type jsonRaw = json.RawMessage

func TestAddresses(t *testing.T) {
	t.Parallel()
	for address, good := range map[string]bool{
		"a@example.org": true, "a+b@sub.example.org": true, "ä@exämple.org": true, "a@b": false, "@b.c": false, "a@": false, "a b@c.de": false,
		"a@b@c.de": false, "a\x00@b.cd": false, "a\n@b.cd": false, "a@b..cd": false, strings.Repeat("a", 65) + "@b.cd": false, "": false,
	} {
		if attributes.LooksLikeEmail(address) != good {
			t.Errorf("%q: %v", address, !good)
		}
	}
	for number, good := range map[string]bool{"+1": true, "+15555550100": true, "15555550100": false, "+": false, "+1234567890123456": false, "+1 5": false} {
		if attributes.LooksLikePhone(number) != good {
			t.Errorf("%q: %v", number, !good)
		}
	}
}

func TestBadAttributesAreRejected(t *testing.T) {
	t.Parallel()
	pool := directory.Pool{AnyCustom: true}
	for name, list := range map[string][]attributes.Attribute{
		"too many":      make([]attributes.Attribute, 101),
		"no name":       {{Value: "x"}},
		"long name":     {{Name: "custom:" + strings.Repeat("x", 26), Value: "x"}},
		"no UTF-8":      {{Name: "name", Value: "\xff"}},
		"long value":    {{Name: "custom:x", Value: strings.Repeat("x", 2049)}},
		"the sub":       {{Name: "sub", Value: "x"}},
		"NUL in a name": {{Name: "custom:\x00", Value: "x"}},
	} {
		refused := new(attributes.Error)
		if _, err := (attributes.Author{}).Check(pool, list); !errors.As(err, &refused) || refused.Unauthorized || refused.Message == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
	many := make([]attributes.Attribute, 100)
	for i := range many {
		many[i] = attributes.Attribute{Name: "unknown", Value: "x"}
	}
	if _, err := (attributes.Author{New: true}).Check(pool, many); err == nil || strings.Count(err.Error(), "\n") != 10 {
		t.Errorf("a hundred faults: %v", err)
	}
}

// TestBooleans: Python's str prints "True", and tools for the terminal pass it on.
func TestBooleans(t *testing.T) {
	t.Parallel()
	pool := directory.Pool{Custom: []string{"custom:paid"}, Settings: map[string]jsonRaw{"SchemaAttributes": jsonRaw(`[{"Name":"custom:paid","AttributeDataType":"Boolean"}]`)}}
	for said, want := range map[string]string{"true": "true", "True": "true", "FALSE": "false", "False": "false", "": "", "yes": "-", "1": "-", "truer": "-"} {
		for _, name := range []string{"email_verified", "phone_number_verified", "custom:paid"} {
			got, err := attributes.Author{}.Check(pool, []attributes.Attribute{{Name: name, Value: said}})
			if refused := want == "-"; refused != (err != nil) || !refused && got[name] != want {
				t.Errorf("%s %q: %q, %v", name, said, got[name], err)
			}
		}
	}
	// A text stays as it is.
	if got, err := (attributes.Author{}).Check(pool, []attributes.Attribute{{Name: "name", Value: "True"}}); err != nil || got["name"] != "True" {
		t.Errorf("%q, %v", got["name"], err)
	}
}

// TestCompleteChangesNothingInPlace: who refuses must be able to forget.
func TestCompleteChangesNothingInPlace(t *testing.T) {
	t.Parallel()
	pool := directory.Pool{Settings: map[string]jsonRaw{"SchemaAttributes": jsonRaw(`[{"Name":"name","Required":true}]`)}}
	u := directory.User{Attributes: map[string]string{"email": "a@example.org"}}
	before := u
	if err := attributes.Complete(pool, directory.Client{}, &u, map[string]string{"email": "b@example.org"}); err == nil {
		t.Error("nothing is missing")
	}
	if !reflect.DeepEqual(before.Attributes, map[string]string{"email": "a@example.org"}) {
		t.Errorf("%v", before.Attributes)
	}
}
