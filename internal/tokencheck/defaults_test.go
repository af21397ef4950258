package tokencheck

import (
	"reflect"
	"slices"
	"testing"
)

func TestDefaultsCompleteOptions(t *testing.T) {
	d := Defaults{Pool: "us-east-1_Local0001", Issuer: "http://127.0.0.1:9229/us-east-1_Local0001", ClientIDs: []string{"web", "cli"}, TokenUse: "access"}
	complete := Options{Pools: []string{d.Pool}, ClientIDs: d.ClientIDs, Issuer: d.Issuer, TokenUse: "access"}
	for name, test := range map[string]struct {
		given, want Options
		flags       []string
	}{
		"nothing was given": {
			Options{}, complete,
			[]string{"--pool " + d.Pool, "--client-id web", "--client-id cli", "--issuer " + d.Issuer, "--token-use access"},
		},
		"all was given": {
			Options{Pools: []string{d.Pool}, ClientIDs: []string{"x"}, Issuer: "http://127.0.0.1:1/" + d.Pool, TokenUse: "id"},
			Options{Pools: []string{d.Pool}, ClientIDs: []string{"x"}, Issuer: "http://127.0.0.1:1/" + d.Pool, TokenUse: "id"},
			nil,
		},
		"another pool": {
			Options{Pools: []string{goodPool}},
			Options{Pools: []string{goodPool}, TokenUse: "access"},
			[]string{"--token-use access"},
		},
		"another pool beside it": {
			Options{Pools: []string{d.Pool, goodPool}},
			Options{Pools: []string{d.Pool, goodPool}, TokenUse: "access"},
			[]string{"--token-use access"},
		},
		"any client": {
			Options{AnyClient: true},
			Options{Pools: []string{d.Pool}, AnyClient: true, Issuer: d.Issuer, TokenUse: "access"},
			[]string{"--pool " + d.Pool, "--issuer " + d.Issuer, "--token-use access"},
		},
	} {
		got := test.given
		if flags := got.Complete(d); !slices.Equal(flags, test.flags) || !reflect.DeepEqual(got, test.want) {
			t.Errorf("%s:\ngot  %+v %q\nwant %+v %q", name, got, flags, test.want, test.flags)
		}
	}
}

func TestIssuerExcludesReplicas(t *testing.T) {
	d := Defaults{Pool: goodPool, Replicas: []string{"us-west-2"}}
	o := Options{Issuer: "https://idp.example.com/" + goodPool}
	if o.Complete(d); len(o.Replicas) != 0 {
		t.Errorf("got %q beside --issuer", o.Replicas)
	}
	o = Options{}
	if o.Complete(d); !slices.Equal(o.Replicas, d.Replicas) {
		t.Errorf("got %q", o.Replicas)
	}
	o = Options{Replicas: []string{"eu-west-1"}}
	if o.Complete(Defaults{Pool: goodPool, Issuer: "https://idp.example.com/" + goodPool}); o.Issuer != "" {
		t.Errorf("got %q beside --replica-region", o.Issuer)
	}
}
