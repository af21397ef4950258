package timewords_test

import (
	"fmt"
	"time"

	"github.com/poolguard/poolguard/internal/timewords"
)

func ExampleRelative() {
	now := time.Date(2026, 1, 31, 9, 0, 0, 0, time.UTC)
	fmt.Println(timewords.Relative(now.Add(42*time.Minute), now))
	fmt.Println(timewords.Relative(now.AddDate(0, 0, -3), now))
	// Output:
	// in 42 minutes
	// 3 days ago
}
