package describe

import (
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
)

// sample is a value of a shape, with every member that the shape has.
func (s *shape) sample() any {
	switch s.kind {
	case '"':
		return "x"
	case 't':
		return false
	case '0':
		return 1
	case '[':
		return []any{s.each.sample()}
	default:
	}
	all := map[string]any{}
	if s.each != nil {
		all["key"] = s.each.sample()
	}
	for name, member := range s.members {
		all[name] = member.sample()
	}
	return all
}

// TestShapes: every shape takes a value of its own, and refuses each kind that is not
// its own in every place of it.
func TestShapes(t *testing.T) {
	t.Parallel()
	kinds := map[string]any{"string": "s3cret", "number": 7, "bool": true, "array": []any{}, "object": map[string]any{}}
	var refuse func(t *testing.T, s *shape, put func(v any) any, of *shape, path string)
	refuse = func(t *testing.T, whole *shape, put func(v any) any, of *shape, path string) {
		t.Helper()
		for kind, value := range kinds {
			_, err := whole.clean(written(put(value)), "/A", false)
			if own := kind == kindOf(of.kind); own || err == nil {
				if own != (err == nil) {
					t.Errorf("%s as a %s: %v", path, kind, err)
				}
				continue
			}
			if f := faultOf(err, nil); f.Path != path || f.Kind != kind || strings.Contains(f.Error(), "s3cret") {
				t.Errorf("%s as a %s: %v", path, kind, f)
			}
		}
		for name, member := range of.members {
			refuse(t, whole, func(v any) any { return put(map[string]any{name: v}) }, member, path+"."+name)
		}
		switch {
		case of.each != nil && of.kind == '[':
			refuse(t, whole, func(v any) any { return put([]any{v}) }, of.each, path+"[0]")
		case of.each != nil:
			refuse(t, whole, func(v any) any { return put(map[string]any{"key": v}) }, of.each, path+".key")
		}
	}
	for _, table := range []map[string]*shape{poolShapes, describedShapes, clientShapes, actionShapes} {
		for _, name := range slices.Sorted(maps.Keys(table)) {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				s := table[name]
				want := written(s.sample())
				if got, err := s.clean(want, "", false); err != nil || string(got) != string(want) {
					t.Errorf("%s, %v\nwant %s", got, err, want)
				}
				refuse(t, s, func(v any) any { return v }, s, "A")
			})
		}
	}
}

// TestClean: nulls go, and unknown members unless they are to stay.
func TestClean(t *testing.T) {
	t.Parallel()
	s := poolShapes["AccountRecoverySetting"]
	given := `{"recoveryMechanisms":5,"RecoveryMechanisms":[null,{"Name":"a","Priority":null,"New":[1.50]}],"Null":null}`
	for keep, want := range map[bool]string{
		false: `{"RecoveryMechanisms":[{"Name":"a"}]}`,
		true:  `{"RecoveryMechanisms":[{"Name":"a","New":[1.50]}],"recoveryMechanisms":5}`,
	} {
		if got, err := s.clean([]byte(given), "", keep); err != nil || string(got) != want {
			t.Errorf("keep %t: %s, %v", keep, got, err)
		}
	}
	for _, n := range []string{"2147483648", "1.0", "1e3", strings.Repeat("9", 200_000)} {
		_, err := number.clean([]byte(n), "/A", false)
		if got := faultOf(err, nil).Error(); got != "A cannot be a JSON number of this form" {
			t.Errorf("%.40s: %.100s", n, got)
		}
	}
	for _, none := range []json.RawMessage{nil, json.RawMessage("null")} {
		if err := Settle("Routing", &none); err != nil || none != nil {
			t.Errorf("%s, %v", none, err)
		}
	}
}

// TestDecode: what is told of a text is what the type has names for.
func TestDecode(t *testing.T) {
	t.Parallel()
	type inner struct {
		Name string
		Keys map[string]int
	}
	type input struct {
		inner
		List  []*inner `json:"TheList"`
		Other json.RawMessage
		None  int `json:"-"`
	}
	for text, want := range map[string]string{
		`{"name":1,"thelist":2,"s3cret":3}`:   "",
		`{"Name":1}`:                          "Name cannot be a JSON number",
		`{"TheList":[{},{"Name":[]}]}`:        "TheList[1].Name cannot be a JSON array",
		`{"Keys":{"s3cret":"s3cret"}}`:        "a value of Keys cannot be a JSON string",
		`{"Keys":{"a":1.5}}`:                  "a value of Keys cannot be a JSON number of this form",
		`{"Keys":{"s3cret":1,"s3cret":1}}`:    "Keys has a member twice",
		`{"Other":{"s3cret":1,"s3cret":1}}`:   "Other has a member twice",
		`{"Other":[{"s3cret":1,"s3cret":1}]}`: "Other has a member twice",
		`{"s3cret":{"a":1,"a":1}}`:            "the body has a member twice",
		`{"Name":"a","Name":"a"}`:             "Name is there twice",
		`{"TheList":[{"Name":`:                "TheList[0].Name is not JSON",
		`{"Name":"` + "\xff" + `"}`:           "Name is not JSON",
		`[]`:                                  "the body cannot be a JSON array",
		``:                                    "the body is not JSON",
	} {
		err := Decode([]byte(text), new(input))
		f := new(DecodeError)
		switch {
		case err == nil && want == "":
		case !errors.As(err, &f) || f.Error() != want:
			t.Errorf("%q: %v, want %s", text, err, want)
		case f.Unwrap() == nil:
			t.Errorf("%q: no cause", text)
		}
	}
	if path, cut := pathOf(jsonPointer(40), nil); !cut || strings.Count(path, "x") != 16 {
		t.Errorf("%s, %t", path, cut)
	}
}

func jsonPointer(steps int) jsontext.Pointer {
	return jsontext.Pointer(strings.Repeat("/x", steps))
}
