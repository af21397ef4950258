package yamlfile_test

import (
	"math"
	"testing"
	"time"

	"github.com/poolguard/poolguard/internal/yamlfile"
)

func TestDurationsAreReadWithDays(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]time.Duration{
		"90s": 90 * time.Second, "30d": 720 * time.Hour, "1d": 24 * time.Hour, "1h30m": 90 * time.Minute, "1d0.5h": 24*time.Hour + 30*time.Minute, "-1h": -time.Hour,
	} {
		if got, err := yamlfile.ParseDuration(text); err != nil || got != want {
			t.Errorf("%s: got %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "1", "d", "1d-1h", "1d+1h", "1 h", "1w", "999999d", "100000d2562047h", "1h1d"} {
		if got, err := yamlfile.ParseDuration(text); err == nil {
			t.Errorf("%q: got %v", text, got)
		}
	}
}

func TestSizesAreReadInBinaryUnits(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int64{
		"0B": 0, "512B": 512, "64KiB": 64 << 10, "10MiB": 10 << 20, "3GiB": 3 << 30, "9223372036854775807B": math.MaxInt64, "8589934591GiB": 8589934591 << 30,
	} {
		if got, err := yamlfile.ParseSize(text); err != nil || got != want {
			t.Errorf("%s: got %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "1", "B", "1KB", "1MB", "1kib", "1 MiB", "-1B", "+1B", "1.5MiB", "9223372036854775808B", "8589934592GiB", "1TiB"} {
		if got, err := yamlfile.ParseSize(text); err == nil {
			t.Errorf("%q: got %v", text, got)
		}
	}
}
