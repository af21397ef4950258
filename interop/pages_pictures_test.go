package interop

import (
	"bytes"
	"cmp"
	"flag"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	cdppage "github.com/chromedp/cdproto/page"

	"github.com/poolguard/poolguard/userpool"
)

// picturesIn is set by `make pictures`.
var picturesIn = flag.String("pictures", "", "the directory in which TestPictures writes the pictures of the README")

// A picture of the README is half a column wide, about 400 pixels. With two device
// pixels for each CSS pixel, its text is sharp there. Both have the same proportions.
const (
	pictureScale = 2
	pictureBytes = 150 << 10
)

// TestPictures makes the pictures of the README: the sign-in page of the local pool, and
// the inspector with an expired token.
func TestPictures(t *testing.T) {
	t.Parallel()
	if *picturesIn == "" {
		t.Skip("make pictures writes them")
	}
	path := needChromium(t)
	oneChromium.Lock()
	t.Cleanup(oneChromium.Unlock)
	// The default address and pool of poolguard userpool serve.
	s := servePools(t, "127.0.0.1:9229", func(app string) []userpool.Pool {
		pool := sitePools(app)[0]
		pool.ID = userpool.DefaultPool().ID
		return []userpool.Pool{pool}
	})
	p := newVisitor(t, startChromium(t, path), s, true)
	defer p.checkFindings(t)

	p.visit(t, p.authorize(webClient))
	p.sees(t, "Sign in")
	p.picture(t, "sign-in.png", 560, 736)
	p.fillIn(t, "anaya", password)
	p.arrives(t)
	tokens := p.tokens(t)

	s.pool.SetClockOffset(75 * time.Minute)
	p.visit(t, s.URL+"/inspect")
	p.inspects(t, tokens.Access)
	p.seesVerdict(t, "bad", "token_expired", true)
	p.picture(t, "inspector.png", 700, 920)
}

// picture writes the top of the page, in a window of that size.
func (p *visitor) picture(t *testing.T, name string, width, height int64) {
	t.Helper()
	call(t, p, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{
		Width: width, Height: height, DeviceScaleFactor: pictureScale,
	})
	defer p.width(t, 900)
	// Without a frame around the field that has the focus.
	ask[bool](t, p, "(window.focused = document.activeElement).blur() ?? true")
	defer func() { ask[bool](t, p, "window.focused.focus() ?? true") }()
	shot := call(t, p, cdppage.CaptureScreenshot, cdppage.CaptureScreenshotParams{}).Data
	small, err := reduceColours(shot)
	if err != nil {
		t.Fatal(err)
	}
	if len(small) > pictureBytes {
		t.Errorf("%s has %d bytes, want %d or fewer", name, len(small), pictureBytes)
	}
	if err := os.WriteFile(filepath.Join(*picturesIn, name), small, 0o644); err != nil {
		t.Fatal(err)
	}
}

// reduceColours encodes a PNG again with its 256 most frequent colours. A picture of text
// has few colours, and takes half the bytes with a palette.
func reduceColours(shot []byte) ([]byte, error) {
	picture, err := png.Decode(bytes.NewReader(shot))
	if err != nil {
		return nil, err
	}
	bounds, count := picture.Bounds(), map[color.Color]int{}
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		for x := bounds.Min.X; x < bounds.Max.X; x++ {
			count[picture.At(x, y)]++
		}
	}
	colours := slices.SortedFunc(maps.Keys(count), func(a, b color.Color) int {
		return cmp.Or(cmp.Compare(count[b], count[a]), cmp.Compare(fmt.Sprint(a), fmt.Sprint(b)))
	})
	reduced := image.NewPaletted(bounds, colours[:min(len(colours), 256)])
	draw.Draw(reduced, bounds, picture, bounds.Min, draw.Src)
	var b bytes.Buffer
	err = (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&b, reduced)
	return b.Bytes(), err
}
