package cognito

import (
	"context"
	"reflect"
	"testing"
	"time"

	"github.com/poolguard/poolguard/cognito/keyset"
)

type comparedSource struct {
	keyset.Source
	name any
}

func (comparedSource) Key(context.Context, string) (*keyset.Key, error)              { return nil, nil }
func (comparedSource) Replacement(context.Context, *keyset.Key) (*keyset.Key, error) { return nil, nil }
func (comparedSource) Load(context.Context) error                                    { return nil }
func (comparedSource) Holds(*keyset.Key, time.Time) bool                             { return false }

// TestAnyChangedFieldIsAnotherPool: what Config.Resolve returns is the same pool only
// if every field is.
func TestAnyChangedFieldIsAnotherPool(t *testing.T) {
	full := UserPool{
		ID: "us-east-1_AbCdEfGhI", ClientIDs: []string{"a"}, Audiences: []string{"b"}, Issuer: "https://example.com",
		FIPS: true, ReplicaRegions: []string{"us-west-2"}, InsecureSkipClientCheck: true, InsecureAllowPlainHTTP: true, KeySet: comparedSource{name: "a"},
		Seeds: map[string]keyset.Seed{"https://example.com": {JWKS: []byte("a"), UsableFor: 1}},
	}
	if !samePool(full, full) || !samePool(UserPool{}, UserPool{}) {
		t.Error("a pool is not itself")
	}
	for n := range reflect.TypeFor[UserPool]().NumField() {
		changed := full
		field := reflect.ValueOf(&changed).Elem().Field(n)
		if field.IsZero() {
			t.Fatalf("%s has no value here: give it one", reflect.TypeFor[UserPool]().Field(n).Name)
		}
		field.SetZero()
		if samePool(full, changed) || samePool(changed, full) {
			t.Errorf("%s is not compared", reflect.TypeFor[UserPool]().Field(n).Name)
		}
	}
	for _, seed := range []keyset.Seed{{JWKS: []byte("b"), UsableFor: 1}, {JWKS: []byte("a"), UsableFor: 2}} {
		changed := full
		changed.Seeds = map[string]keyset.Seed{"https://example.com": seed}
		if samePool(full, changed) {
			t.Errorf("a seed of %q for %v is the same", seed.JWKS, seed.UsableFor)
		}
	}
}

// TestSourcesAreComparedByIdentity: those that cannot be compared are others.
func TestSourcesAreComparedByIdentity(t *testing.T) {
	one, two, uncomparable := comparedSource{name: "a"}, comparedSource{name: "b"}, comparedSource{name: []int{1}}
	if !sameSource(nil, nil) || !sameSource(one, one) {
		t.Error("a source is not itself")
	}
	for _, pair := range [][2]keyset.Source{{nil, one}, {one, nil}, {one, two}, {one, uncomparable}, {uncomparable, one}, {uncomparable, uncomparable}} {
		if sameSource(pair[0], pair[1]) {
			t.Errorf("%v is %v", pair[0], pair[1])
		}
	}
}
