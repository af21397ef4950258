package interop

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// oneChromium lets one browser run at a time: it needs memory and two cores.
var oneChromium sync.Mutex

// A page is an application in Chromium, with one of the programs in
// nodeDirectory/pages.
type page struct {
	*served
	tab    context.Context //nolint:containedctx // chromedp's handle on a tab
	origin string          // of the application
	steps  []step
}

// needChromium skips a test where there is no Chromium, and fails it on CI.
func needChromium(t *testing.T) (path string) {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	missing := t.Skip
	if os.Getenv("CI") == "true" {
		missing = t.Fatal
	}
	missing("Chromium is not installed; `make deps` installs it on Debian")
	return ""
}

// openPage serves an application and a pool for it, and opens it in Chromium.
func openPage(t *testing.T, program string, serve func(*testing.T, servedOptions) *served, o servedOptions) *page {
	t.Helper()
	path, node := needChromium(t), needNode(t)
	cmd := exec.CommandContext(t.Context(), node, "bundle.mjs", program)
	cmd.Dir = nodeDirectory
	cmd.Stderr = t.Output()
	bundle, err := cmd.Output()
	if err != nil {
		t.Fatalf("bundling: %v", err)
	}
	p := &page{}
	application := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/stage.json":
			_ = json.NewEncoder(w).Encode(p.description())
		case "/story.js":
			w.Header().Set("Content-Type", "text/javascript")
			_, _ = w.Write(bundle)
		case "/":
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			_, _ = w.Write([]byte(`<!DOCTYPE html><title>story</title><script src="/story.js"></script>`))
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(application.Close)
	// Cognito takes plain http for localhost only, by that name.
	p.origin = strings.Replace(application.URL, "127.0.0.1", "localhost", 1)
	o.callbacks, o.signOuts = []string{p.origin + "/"}, []string{p.origin + "/"}
	p.served = serve(t, o)

	oneChromium.Lock()
	t.Cleanup(oneChromium.Unlock)
	p.open(t, path)
	return p
}

func (p *page) open(t *testing.T, path string) {
	t.Helper()
	p.tab = startChromium(t, path)
	p.do(t, chromedp.Navigate(p.origin+"/"))
	p.home(t)
}

// startChromium returns the first tab of a new browser, which ends with the test.
func startChromium(t *testing.T, path string) (tab context.Context) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewExecAllocator(ctx,
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.Headless, chromedp.DisableGPU, chromedp.NoFirstRun,
		chromedp.UserDataDir(t.TempDir()), chromedp.WSURLReadTimeout(time.Minute),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true), chromedp.Flag("disable-dev-shm-usage", true),
		// The pool's certificate is of its own making.
		chromedp.IgnoreCertErrors)
	t.Cleanup(cancel)
	tab, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	if err := chromedp.Do(tab); err != nil {
		t.Fatalf("Chromium: %v", err)
	}
	return tab
}

func (p *page) do(t *testing.T, actions ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	if err := chromedp.Do(p.tab, actions...); err != nil {
		t.Fatalf("Chromium: %v", err)
	}
}

// until waits for a condition to hold, through changes of the page.
func (p *page) until(t *testing.T, condition string) {
	t.Helper()
	var holds bool
	var err error
	for start := time.Now(); time.Since(start) < 30*time.Second; time.Sleep(20 * time.Millisecond) {
		if holds, err = chromedp.Run(p.tab, chromedp.Evaluate[bool](condition)); err == nil && holds {
			return
		}
	}
	where, _ := chromedp.Run(p.tab, chromedp.Evaluate[string]("location.href + ' ' + document.body?.innerText"))
	t.Fatalf("Chromium: %s does not hold (%v) at %s", condition, err, where)
}

// tell calls a function of the page and files what it answers as a step.
func (p *page) tell(t *testing.T, name, function string, values ...string) step {
	t.Helper()
	start := time.Now()
	text, err := chromedp.Run(p.tab, chromedp.Evaluate[string](
		"story."+function+arguments(values)+".then(JSON.stringify)", chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatalf("%s: %v", function, err)
	}
	var one step
	if err := json.Unmarshal([]byte(text), &one); err != nil {
		t.Fatalf("%s answered %q: %v", function, text, err)
	}
	one.Step, one.MS = name, int(time.Since(start).Milliseconds())
	p.steps = append(p.steps, one)
	return one
}

// leave calls a function that sends the browser to the pool.
func (p *page) leave(t *testing.T, function string, values ...string) {
	t.Helper()
	// The mark is gone with the page.
	p.do(t, chromedp.Evaluate[chromedp.Void]("window.left = true; void story."+function+arguments(values)))
	p.until(t, "window.left === undefined")
}

func arguments(values []string) string {
	quoted := make([]string, len(values))
	for n, v := range values {
		quoted[n] = strconv.Quote(v)
	}
	return "(" + strings.Join(quoted, ", ") + ")"
}

// fill fills in the pool's form for anaya.
func (p *page) fill(t *testing.T, secret string) {
	t.Helper()
	const name, word, button = chromedp.CSS("#username"), chromedp.CSS("#password"), chromedp.CSS("button[type=submit]")
	p.do(t, chromedp.WaitVisible(word), chromedp.SetValue(name, "anaya"), chromedp.SetValue(word, secret), chromedp.Click(button))
}

// problem waits for what the pool's form says is wrong.
func (p *page) problem(t *testing.T) (text string) {
	t.Helper()
	p.until(t, "document.querySelector('#problem') !== null")
	text, err := chromedp.Run(p.tab, chromedp.Text(chromedp.CSS("#problem")))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// home waits until the browser is back at the application.
func (p *page) home(t *testing.T) {
	t.Helper()
	p.until(t, "location.origin === "+strconv.Quote(p.origin)+" && window.left === undefined && window.story !== undefined")
}

// saw files a step of which the test itself is the witness.
func (p *page) saw(t *testing.T, name string, what any) {
	t.Helper()
	b, err := json.Marshal(what)
	if err != nil {
		t.Fatal(err)
	}
	p.steps = append(p.steps, step{Step: name, OK: true, Saw: b})
}

// tellOf files what the pool says of an access token.
func (p *page) tellOf(t *testing.T, name, accessToken string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, p.URL+"/oauth2/userInfo", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+accessToken)
	answer := read(t)(p.client.Do(r))
	var body struct {
		Error string `json:"error"`
	}
	if err := json.Unmarshal(answer, &body); err != nil {
		t.Fatal(err)
	}
	p.saw(t, name, body.Error)
}
