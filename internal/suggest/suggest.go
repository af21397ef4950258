package suggest

import "strings"

// maxTyped is the length of the longest word that is compared, in bytes.
const maxTyped = 40

// maxDistance is how many letters of a similar name differ at most.
const maxDistance = 2

// Similar returns the names that typed was probably meant to be, in their order. These are
// the names with the fewest letters changed, added or removed: two at most, and less than
// half of the letters. If there are none, they are the names that begin or end with typed,
// or that typed ends with. Letter case, "-" and "_" do not count. Similar returns nil if no
// name is similar, or if typed has more than 40 bytes.
func Similar(typed string, names []string) []string {
	a := plain(typed)
	if a == "" || len(typed) > maxTyped {
		return nil
	}
	var near []string
	least := maxDistance
	for _, name := range names {
		b := plain(name)
		d := distance(a, b)
		if d > least || 2*d >= max(len(a), len(b)) {
			continue
		}
		if d < least {
			least, near = d, nil
		}
		near = append(near, name)
	}
	if len(near) > 0 {
		return near
	}
	for _, name := range names {
		if isPart(a, plain(name)) {
			near = append(near, name)
		}
	}
	return near
}

// isPart reports whether typed is the beginning or the end of name, or name is the end
// of typed. Fewer than three letters begin, and fewer than four end, too many names.
func isPart(typed, name string) bool {
	return len(typed) >= 3 && strings.HasPrefix(name, typed) ||
		len(typed) >= 4 && strings.HasSuffix(name, typed) ||
		len(name) >= 4 && strings.HasSuffix(typed, name)
}

var separators = strings.NewReplacer("_", "", "-", "")

func plain(s string) string { return strings.ToLower(separators.Replace(s)) }

// distance is the number of bytes to change, add or remove (Levenshtein).
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

// DidYouMean returns the end of a message about a typed word, "" if no name is similar. Each
// name that is shown gets the prefix.
func DidYouMean(prefix, typed string, names []string) string {
	near := Similar(typed, names)
	if len(near) == 0 {
		return ""
	}
	return "; did you mean " + prefix + strings.Join(near, " or "+prefix) + "?"
}
