package main

import (
	"strings"
	"testing"
)

func environment(values map[string]string) func(string) string {
	return func(name string) string { return values[name] }
}

// TestFaultsAreReportedBeforeAnyCall because a call creates a user pool.
func TestFaultsAreReportedBeforeAnyCall(t *testing.T) {
	t.Parallel()
	good := map[string]string{"AWS_ACCESS_KEY_ID": "AKIAEXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret"}
	for _, c := range []struct {
		name string
		args []string
		env  map[string]string
		want []string
	}{
		{"nothing is set", nil, nil, []string{"-region", "AWS_ACCESS_KEY_ID is not set", "AWS_SECRET_ACCESS_KEY is not set"}},
		{"the Region is a URL", []string{"-region", "https://example.com"}, good, []string{`got "https://example.com"`}},
		{"CI", []string{"-region", "us-east-1"}, map[string]string{"CI": "true", "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b"}, []string{"never runs in CI"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var out, progress strings.Builder
			err := run(t.Context(), c.args, environment(c.env), &out, &progress)
			if err == nil {
				t.Fatal("got no error")
			}
			for _, want := range c.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("got %q, want %q in it", err, want)
				}
			}
			if out.Len() > 0 || progress.Len() > 0 {
				t.Errorf("the command started: %s%s", &out, &progress)
			}
		})
	}
}

func TestAmazonHasTheRegionOfTheFlag(t *testing.T) {
	t.Parallel()
	s, err := amazon("us-gov-west-1", environment(map[string]string{"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b"}))
	if err != nil || s.Region != "us-gov-west-1" || s.LocalURL != "" || s.API == nil {
		t.Errorf("got %+v, %v", s, err)
	}
}
