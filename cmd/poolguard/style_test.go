package main

import (
	"bytes"
	"runtime"
	"slices"
	"testing"
)

func env(values map[string]string) func(string) string {
	return func(name string) string { return values[name] }
}

func TestStyle(t *testing.T) {
	var file bytes.Buffer
	s := newStyle(&file, env(map[string]string{"TERM": "xterm", "LANG": "de_DE.UTF-8"}))
	if s.colour || !s.unicode || s.width != usualWidth {
		t.Errorf("what is not a terminal got %+v", s)
	}
	for _, test := range []struct {
		env  map[string]string
		want bool
	}{
		{map[string]string{}, runtime.GOOS == "windows"},
		{map[string]string{"LANG": "C"}, false},
		{map[string]string{"LANG": "C.UTF-8"}, true},
		{map[string]string{"LANG": "en_US.utf8"}, true},
		{map[string]string{"LANG": "en_US.UTF-8", "LC_ALL": "C"}, false},
		{map[string]string{"LANG": "C", "LC_CTYPE": "UTF-8"}, true},
		{map[string]string{"LANG": "de_DE.ISO-8859-1"}, false},
	} {
		if got := utf8Locale(env(test.env)); got != test.want {
			t.Errorf("%v: got %v", test.env, got)
		}
	}
}

func TestWrap(t *testing.T) {
	for _, test := range []struct {
		text string
		want []string
	}{
		{"", []string{""}},
		{"one two three", []string{"one two", "three"}},
		{"averylongword that is", []string{"averylongword", "that is"}},
		{"that averylongword is", []string{"that", "averylongword", "is"}},
		{"éé éééé éé", []string{"éé éééé", "éé"}},
	} {
		if got := wrap(test.text, 8); !slices.Equal(got, test.want) {
			t.Errorf("%q: got %q, want %q", test.text, got, test.want)
		}
	}
}
