package interop

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// screens is where screen shots go: artifacts/screens of the repository, which git
// ignores, or the directory that POOLGUARD_ARTIFACTS names. Nothing removes them
// afterwards: .ci/run leaves them there for CI to keep.
func screens(t *testing.T) (dir string) {
	t.Helper()
	if dir = os.Getenv("POOLGUARD_ARTIFACTS"); dir == "" {
		dir = filepath.Join("..", "artifacts", "screens")
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

func call[P, R any](t *testing.T, p *visitor, command cdp.Command[P, R], params P) R {
	t.Helper()
	result, err := chromedp.Call(p.tab, command, params)
	if err != nil {
		t.Fatalf("Chromium: %s: %v", command.Method, err)
	}
	return result
}

func (p *visitor) theme(t *testing.T, scheme string) {
	t.Helper()
	call(t, p, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: scheme},
		// Colours change at once.
		{Name: "prefers-reduced-motion", Value: "reduce"},
	}})
}

// width sets the width of the window. Under 500 pixels it is a phone.
func (p *visitor) width(t *testing.T, pixels int64) {
	t.Helper()
	call(t, p, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{
		Width: pixels, Height: 844, DeviceScaleFactor: 1, Mobile: pixels < 500,
	})
}

// checkPage checks the open page: what screen readers read, contrast, widths, and that it
// loads nothing. It takes screen shots. A browser without JavaScript shows the same, so
// there the looks are not checked again.
func (p *visitor) checkPage(t *testing.T, name string) {
	t.Helper()
	p.checkAccessibility(t, name)
	if active := ask[int](t, p, "document.querySelectorAll('script, iframe, object, embed, img, link, base').length"); active > 0 {
		t.Errorf("%s: the page has %d elements that run or load something", name, active)
	}
	if p.scripts {
		p.checkLooks(t, name)
	}
}

// checkLooks checks the page at the widths of phones and desktops, in light and dark, and
// takes screen shots.
func (p *visitor) checkLooks(t *testing.T, name string) {
	t.Helper()
	for _, width := range []int64{320, 390, 900} {
		p.width(t, width)
		p.checkWidth(t, fmt.Sprintf("%s, %d px", name, width), width)
		if width == 320 {
			continue
		}
		for _, theme := range []string{"light", "dark"} {
			p.theme(t, theme)
			p.checkContrast(t, fmt.Sprintf("%s, %s, %d px", name, theme, width))
			shot := call(t, p, cdppage.CaptureScreenshot, cdppage.CaptureScreenshotParams{CaptureBeyondViewport: new(true), OptimizeForSpeed: new(true)}).Data
			file := filepath.Join(screens(t), fmt.Sprintf("%s-%s-%d.png", name, theme, width))
			if err := os.WriteFile(file, shot, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	p.theme(t, "light")
}

// checkWidth expects a page without horizontal scrolling, and controls that are large
// enough for fingers.
func (p *visitor) checkWidth(t *testing.T, where string, width int64) {
	t.Helper()
	got := ask[struct {
		Client, Scroll int64
		Small          []string
	}](t, p, `(() => {
		const root = document.documentElement;
		const small = [...document.querySelectorAll('button, .button, select, textarea, input:not([type=hidden])')].filter(e => e.getClientRects().length > 0 && e.getBoundingClientRect().height < 44);
		return {Client: root.clientWidth, Scroll: root.scrollWidth, Small: small.map(e => e.outerHTML)};
	})()`)
	// Without a viewport of its own, a page on a phone is 980 pixels wide.
	if got.Scroll > got.Client || got.Client > width || width < 500 && got.Client != width {
		t.Errorf("%s: the page is %d px wide in a window of %d px", where, got.Scroll, got.Client)
	}
	for _, control := range got.Small {
		t.Errorf("%s: too small for a finger: %s", where, control)
	}
}

// checkContrast expects enough contrast.
func (p *visitor) checkContrast(t *testing.T, where string) {
	t.Helper()
	got := ask[struct {
		Texts  int
		Faults []string
	}](t, p, contrastScript)
	if got.Texts < 3 {
		t.Errorf("%s: %d texts were found", where, got.Texts)
	}
	for _, fault := range got.Faults {
		t.Errorf("%s: %s", where, fault)
	}
}

// contrastScript finds text, and edges of fields, that do not stand out: WCAG 2.2,
// success criteria 1.4.3 and 1.4.11. A colour that it cannot read is an exception.
const contrastScript = `(() => {
	const numbers = text => {
		const found = text.match(/^(rgba?|color)\((?:srgb )?([^)]*)\)$/);
		if (!found) throw new Error('colour ' + text);
		const [r, g, b, a = 1] = found[2].split(/[ ,/]+/).map(Number), unit = found[1] === 'color' ? 1 : 255;
		return [r / unit, g / unit, b / unit, a];
	};
	const over = (top, under) => [0, 1, 2].map(i => top[i] * top[3] + under[i] * (1 - top[3])).concat(1);
	const ground = e => {
		if (!e) return [1, 1, 1, 1];
		const style = getComputedStyle(e);
		if (style.backgroundImage !== 'none' || style.filter !== 'none') throw new Error('background of ' + e.outerHTML);
		const own = numbers(style.backgroundColor);
		return own[3] === 1 ? own : over(own, ground(e.parentElement));
	};
	const light = c => [0.2126, 0.7152, 0.0722].reduce((sum, k, i) => sum + k * (c[i] <= 0.04045 ? c[i] / 12.92 : ((c[i] + 0.055) / 1.055) ** 2.4), 0);
	const opacity = e => e ? getComputedStyle(e).opacity * opacity(e.parentElement) : 1;
	const contrast = (colour, e, back) => {
		const front = numbers(colour);
		front[3] *= opacity(e);
		const a = light(over(front, back)), b = light(back);
		return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
	};
	const faults = [];
	let texts = 0;
	for (const e of document.body.querySelectorAll('*')) {
		const field = e.matches('textarea, select, input:not([type=hidden])');
		const text = field || [...e.childNodes].some(n => n.nodeType === Node.TEXT_NODE && n.data.trim());
		if (!text || !e.checkVisibility({visibilityProperty: true}) || e.matches('title, desc, option')) continue;
		texts++;
		const style = getComputedStyle(e), svg = e instanceof SVGElement;
		const got = contrast(svg ? style.fill : style.color, e, ground(svg ? e.ownerSVGElement : e));
		if (!(got >= 4.5)) faults.push('contrast ' + got.toFixed(2) + ' of ' + e.outerHTML.slice(0, 120));
		if (field && e !== document.activeElement) {
			const edge = contrast(style.borderTopColor, e, ground(e.parentElement));
			if (!(edge >= 3)) faults.push('contrast ' + edge.toFixed(2) + ' of the edge of ' + e.outerHTML.slice(0, 120));
		}
	}
	return {Texts: texts, Faults: faults};
})()`

// An axNode is one of the accessibility tree.
type axNode struct{ *accessibility.Node }

func text(v *accessibility.Value) (s string) {
	if v != nil {
		_ = json.Unmarshal(v.Value, &s) // what is no text is none
	}
	return s
}

func (n axNode) role() string        { return text(n.Role) }
func (n axNode) name() string        { return text(n.Name) }
func (n axNode) description() string { return text(n.Description) }

func (n axNode) property(name accessibility.PropertyName) string {
	for _, property := range n.Properties {
		if property.Name == name && property.Value != nil {
			return string(property.Value.Value)
		}
	}
	return ""
}

func (n axNode) is(name accessibility.PropertyName) bool { return n.property(name) == "true" }

// tree is the accessibility tree of the page.
func (p *visitor) tree(t *testing.T) (nodes []axNode) {
	t.Helper()
	for _, node := range call(t, p, accessibility.GetFullAXTree, accessibility.GetFullAXTreeParams{}).Nodes {
		if !node.Ignored {
			nodes = append(nodes, axNode{node})
		}
	}
	return nodes
}

// checkAccessibility checks the accessibility tree: names, headings, labels, IDs.
func (p *visitor) checkAccessibility(t *testing.T, name string) {
	t.Helper()
	roles, titles, focusable := map[string]int{}, 0, 0
	for _, node := range p.tree(t) {
		roles[node.role()]++
		if node.role() == "heading" && node.property("level") == "1" {
			titles++
		}
		if node.is("focusable") {
			focusable++
			if node.name() == "" {
				t.Errorf("%s: a %s without a name", name, node.role())
			}
		}
		if node.role() == "image" && node.name() == "" {
			t.Errorf("%s: an image without a name", name)
		}
	}
	if titles != 1 || roles["main"] != 1 || focusable < 2 {
		t.Errorf("%s: %d headings of the first level, %d main, %d things to focus: %v", name, titles, roles["main"], focusable, roles)
	}
	for _, fault := range ask[[]string](t, p, `[
		...[...document.querySelectorAll('input:not([type=hidden]), select, textarea')].filter(e => !e.labels.length).map(e => 'no label: ' + e.outerHTML),
		...[...document.querySelectorAll('[aria-describedby], [aria-labelledby]')].filter(e => (e.getAttribute('aria-describedby') ?? '').concat(' ', e.getAttribute('aria-labelledby') ?? '')
			.trim().split(/\s+/).some(id => !document.getElementById(id))).map(e => 'points to nothing: ' + e.outerHTML.slice(0, 120)),
		...[...document.querySelectorAll('[id]')].filter(e => document.querySelectorAll('#' + CSS.escape(e.id)).length > 1).map(e => 'the ID twice: ' + e.id),
		...(document.documentElement.lang ? [] : ['no language']),
	]`) {
		t.Errorf("%s: %s", name, fault)
	}
}
