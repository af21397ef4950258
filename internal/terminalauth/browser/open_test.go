package browser

import (
	"reflect"
	"testing"
)

func TestBrowserCommandsComeFromTheEnvironment(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		system string
		env    map[string]string
		want   [][]string
	}{
		"list":       {"linux", map[string]string{"BROWSER": "firefox -P x:w3m %s -o y: "}, [][]string{{"firefox", "-P", "x", "U"}, {"w3m", "U", "-o", "y"}}},
		"windows":    {"windows", map[string]string{"BROWSER": `c:\a.exe;b`}, [][]string{{`c:\a.exe`, "U"}, {"b", "U"}}},
		"empty list": {"linux", map[string]string{"BROWSER": ":"}, nil},
		"no display": {"linux", nil, nil},
		"X":          {"linux", map[string]string{"DISPLAY": ":0"}, [][]string{{"xdg-open", "U"}}},
		"Wayland":    {"freebsd", map[string]string{"WAYLAND_DISPLAY": "w"}, [][]string{{"xdg-open", "U"}}},
		"macOS":      {"darwin", nil, [][]string{{"open", "U"}}},
		"Windows":    {"windows", nil, [][]string{{"rundll32", "url.dll,FileProtocolHandler", "U"}}},
	} {
		if got := browsers(test.system, func(name string) string { return test.env[name] }, "U"); !reflect.DeepEqual(got, test.want) {
			t.Errorf("%s: %q", name, got)
		}
	}
}
