package terminal

import (
	"bytes"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
)

func env(values map[string]string) func(string) string {
	return func(name string) string { return values[name] }
}

func TestOutputThatIsNoTerminalHasNoColours(t *testing.T) {
	var buffer bytes.Buffer
	s := Detect(&buffer, env(map[string]string{"TERM": "xterm", "LANG": "de_DE.UTF-8"}))
	if want := (Style{Unicode: true, Width: DefaultWidth}); s != want {
		t.Errorf("a buffer: got %+v, want %+v", s, want)
	}
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer read.Close()
	defer write.Close()
	if s = Detect(write, env(map[string]string{"TERM": "xterm"})); s.Terminal || s.Colour {
		t.Errorf("a pipe: got %+v", s)
	}
}

func TestLocaleDecidesOnUnicode(t *testing.T) {
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

func TestLinesBreakBetweenWords(t *testing.T) {
	for _, test := range []struct {
		text string
		want []string
	}{
		{"", []string{""}},
		{"one two three", []string{"one two", "three"}},
		{"averylongword that is", []string{"averylongword", "that is"}},
		{"that averylongword is", []string{"that", "averylongword", "is"}},
		{"éé éééé éé", []string{"éé éééé", "éé"}},
		{"e\u0301e\u0301 e\u0301e\u0301e\u0301e\u0301 e\u0301", []string{"e\u0301e\u0301 e\u0301e\u0301e\u0301e\u0301", "e\u0301"}},
		{"日本 日本 ab", []string{"日本", "日本 ab"}},
		{"run " + Unbroken("poolguard login") + " now", []string{"run", "poolguard login", "now"}},
		{"\x1b[31mred\x1b[0m blue", []string{"\x1b[31mred\x1b[0m blue"}},
	} {
		if got := Wrap(test.text, 8); !slices.Equal(got, test.want) {
			t.Errorf("%q: got %q, want %q", test.text, got, test.want)
		}
	}
}

// widths are those of a narrow terminal, the usual one and a wide one.
var widths = []int{40, 80, 120}

const long = "The address http://localhost:8976/callback?with=a-query-that-is-longer-than-a-narrow-terminal is not " +
	"a callback URL of the app client; see the settings of the app client in the Amazon Cognito console."

// assertWrapped wants every line to fit, except one that is a single word.
func assertWrapped(t *testing.T, text string, width int) {
	t.Helper()
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		if Columns(line) > width && strings.Contains(strings.TrimSpace(line), " ") {
			t.Errorf("width %d: %d columns: %q", width, Columns(line), line)
		}
	}
}

func TestMessageWrapsOnATerminal(t *testing.T) {
	for _, width := range widths {
		s := Style{Terminal: true, Width: width, Unicode: true}
		got := s.Message("poolguard login: ", long+"\n  poolguard login --profile robot --pool us-east-1_AbCdEfGhI --client-id 1example23456789 --domain https://auth.example.com")
		words := strings.Fields(got)
		if want := strings.Fields("poolguard login: " + long); !slices.Equal(words[:len(want)], want) {
			t.Errorf("width %d: the words changed:\n%s", width, got)
		}
		prose, paste, found := strings.Cut(got, "\n  poolguard login --profile")
		if !found || strings.Count(paste, "\n") != 1 {
			t.Errorf("width %d: the command to paste is broken:\n%s", width, got)
		}
		assertWrapped(t, prose, width)
	}
}

func TestMessageIsOneLineWithoutATerminal(t *testing.T) {
	got := Style{Width: 40}.Message("poolguard: ", long+" Then "+Unbroken("poolguard login")+".")
	if want := "poolguard: " + long + " Then poolguard login.\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestMessageEscapesWhatATerminalObeys(t *testing.T) {
	for _, terminal := range []bool{false, true} {
		got := Style{Terminal: terminal, Unicode: true}.Message("poolguard: ", "the server said \x1b[31mred\u202e\nnext")
		want := `poolguard: the server said \x1b[31mred\u{202e}` + "\npoolguard: next\n"
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestPageKeepsToItsColumns(t *testing.T) {
	for _, width := range widths {
		p := NewPage(Style{Width: width, Colour: true})
		p.Heading("facts")
		p.Entry(2, 11, p.Faint("user pool"), long, Plain)
		p.Entry(2, 11, p.Faint("a label that is too wide"), long, p.Bad)
		p.Advice(4, long)
		p.Paragraph(2, long)
		p.Paste("poolguard verify --pool us-east-1_AbCdEfGhI --client-id 1example23456789 --token-use access")
		report, paste, found := strings.Cut(p.String(), "  poolguard verify")
		if !found || strings.Count(paste, "\n") != 1 {
			t.Errorf("width %d: the command to paste is broken:\n%s", width, p)
		}
		assertWrapped(t, report, width)
		for line := range strings.Lines(report) {
			if Columns(strings.TrimSuffix(line, "\n")) < len(line)-1 && !strings.Contains(line, "\x1b[") {
				t.Errorf("width %d: colours without a colour: %q", width, line)
			}
		}
	}
}

// Attack: a value from a file or a server that a terminal obeys.
func TestPageEscapesTextOfEntriesAdviceAndLinesToPaste(t *testing.T) {
	const attack = "https://app.example/\u009b2J\x1b[2Jé\u202e\u3164\nx"
	p := NewPage(Style{Unicode: true})
	p.Entry(2, 11, "callback", attack, Plain)
	p.Entry(70, 11, "callback", attack, Plain) // no room beside the label
	p.Advice(2, attack)
	p.Paste(attack)
	p.Entry(2, 11, "path", Unbroken("My Files"), Plain)
	const safe = `https://app.example/\u{9b}2J\x1b[2Jé\u{202e}\u{3164}\x0ax`
	if got := p.String(); strings.Count(got, safe) != 4 || !strings.Contains(got, "My Files") || strings.ContainsAny(got, "\u009b\x1b\u202e\u3164") {
		t.Errorf("got %q", got)
	}
}

func TestPageWithoutATerminalHasTheDefaultWidth(t *testing.T) {
	p := NewPage(Style{})
	p.Paragraph(2, long)
	assertWrapped(t, p.String(), DefaultWidth)
	if strings.Count(p.String(), "\n") != 4 {
		t.Errorf("got\n%s", p)
	}
}

func FuzzHang(f *testing.F) {
	f.Add(long, 40)
	f.Add("日本 \u00a0 a\nb", 3)
	f.Fuzz(func(t *testing.T, text string, width int) {
		text = Escape(text, false)
		got := Style{Width: width}.Hang("- ", "  ", text, Plain)
		if want := strings.Fields("- " + text); !slices.Equal(strings.Fields(got), want) {
			t.Errorf("the words of %q became %q", want, got)
		}
		if width >= 3 {
			for line := range strings.Lines(got) {
				line = strings.TrimPrefix(strings.TrimSpace(line), "- ")
				if Columns(line) > width-2 && strings.Contains(strings.TrimSpace(line), " ") {
					t.Errorf("%q is wider than %d", line, width)
				}
			}
		}
	})
}
