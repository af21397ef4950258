package interop

import (
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp/kb"
)

// inspectsTokens pastes tokens of every kind.
func inspectsTokens(t *testing.T, p *visitor) { //nolint:thelper // a failure is at its line
	p.visit(t, p.authorize(webClient))
	p.fillIn(t, "anaya", password)
	p.arrives(t)
	tokens := p.tokens(t)
	head, signature := tokens.Access[:strings.LastIndex(tokens.Access, ".")], tokens.Access[strings.LastIndex(tokens.Access, ".")+1:]
	p.secrets = append(p.secrets, tokens.ID, tokens.Access, tokens.Refresh, signature)

	p.visit(t, p.site.URL+"/")
	p.follow(t, "Inspect a token")
	p.sees(t, "Token inspector")
	p.checkPage(t, "inspector")

	p.inspects(t, tokens.Access)
	p.seesVerdict(t, "good", "", true)
	p.tabTo(t, "As JSON")
	p.keys(t, kb.Enter)
	p.until(t, "document.querySelector('details').open")
	p.checkPage(t, "inspector-good")

	p.inspects(t, tokens.ID)
	p.seesVerdict(t, "good", "", true)

	p.site.pool.SetClockOffset(61 * time.Minute)
	p.inspects(t, tokens.Access)
	p.seesVerdict(t, "bad", "token_expired", true)
	p.checkPage(t, "inspector-expired")
	p.site.pool.SetClockOffset(0)

	// The last character of a signature has bits that count for nothing.
	other := strings.Map(func(r rune) rune {
		if r == 'A' {
			return 'B'
		}
		return 'A'
	}, signature[:1])
	p.inspects(t, head+"."+other+signature[1:])
	p.seesVerdict(t, "bad", "signature_invalid", true)
	p.checkPage(t, "inspector-tampered")

	p.inspects(t, tokens.Refresh)
	p.seesVerdict(t, "", "encrypted_token", false)
	p.checkPage(t, "inspector-refresh")
}

// inspectsOthers pastes texts that are not tokens, or uses the wrong field.
func inspectsOthers(t *testing.T, p *visitor) { //nolint:thelper // a failure is at its line
	encode := base64.RawURLEncoding.EncodeToString
	made := encode([]byte(`{"alg":"RS256","kid":"</style><script>alert(1)</script>"}`)) + "." +
		encode([]byte(`{"exp":1,"iat":"<svg onload=alert(1)>","<img src=x onerror=alert(1)>":["'\"><script>alert(1)</script>"],"long":"`+
			strings.Repeat("abcdefgh", 60)+`"}`)) + ".AAAA"
	p.visit(t, p.site.URL+"/inspect")
	p.inspects(t, made)
	p.checkPage(t, "inspector-hostile")
	if text := ask[string](t, p, "document.body.innerText"); !strings.Contains(text, "<img src=x onerror=alert(1)>") {
		t.Errorf("the page says\n%s", text)
	}

	p.inspects(t, "hello")
	p.checkPage(t, "inspector-word")

	p.tabTo(t, "Required scopes")
	p.paste(t, made)
	p.inspects(t, "hello")
	if got := ask[string](t, p, "document.querySelector('#scopes').value"); got != "" {
		t.Errorf("the field shows %q", got)
	}
	p.checkPage(t, "inspector-fault")

	p.visit(t, p.site.URL+"/inspect?token=hello")
	p.sees(t, "Tokens do not belong in the address")
	p.checkPage(t, "inspector-query")
	p.follow(t, "Open the form")
	p.sees(t, "Token inspector")
}

// inspects pastes a text into the inspector and sends it.
func (p *visitor) inspects(t *testing.T, text string) {
	t.Helper()
	p.tabTo(t, "Token")
	p.paste(t, text)
	p.follow(t, "Inspect")
}

// seesVerdict expects a verdict of that class and code, and a drawn time line where the
// token has times.
func (p *visitor) seesVerdict(t *testing.T, class, code string, line bool) {
	t.Helper()
	got := ask[struct{ Class, Code string }](t, p, `(() => {
		const e = document.querySelector('.verdict');
		return {Class: e?.className ?? 'none', Code: e?.querySelector('h2 code')?.innerText ?? ''};
	})()`)
	if !strings.HasPrefix(got.Class, "verdict "+class) || got.Code != code {
		t.Errorf("the verdict is %+v, want %q and %q", got, class, code)
	}
	drawn := 0
	for _, node := range p.tree(t) {
		if node.role() == "image" && strings.HasPrefix(node.name(), "Time line of the token") && strings.Contains(node.description(), "(exp) ") {
			drawn++
		}
	}
	if want := map[bool]int{true: 1}[line]; drawn != want {
		t.Errorf("%d time lines are drawn, want %d", drawn, want)
	}
}
