package poolfile

import "strings"

// nearest returns the number of the name that was probably meant, or -1: one with
// two letters wrong at most, or one that only begins, ends or is written otherwise.
func nearest(typed string, names []string) int {
	if len(typed) > 40 {
		return -1
	}
	plain := func(s string) string {
		return strings.ToLower(strings.NewReplacer("_", "", "-", "").Replace(s))
	}
	best, least := -1, 3
	for n, name := range names {
		a, b := plain(typed), plain(name)
		d := distance(a, b)
		if len(a) < 4 {
			d++ // a letter or two are near to everything that is short
		}
		if d < least && d < max(len(a), len(b)) {
			best, least = n, d
		}
	}
	if best >= 0 {
		return best
	}
	for n, name := range names {
		a, b := plain(typed), plain(name)
		if len(a) >= 4 && (strings.HasPrefix(b, a) || strings.HasSuffix(b, a) || strings.HasSuffix(a, b) && len(b) >= 4) {
			return n
		}
	}
	return -1
}

// distance is the number of letters to change, add or take away (Levenshtein).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
