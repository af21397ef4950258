package route

// A tree holds a value for each pattern, by the parts of the patterns. The zero tree is
// empty.
type tree[T any] struct {
	literal map[string]*tree[T]
	any     *tree[T]
	end     T // for patterns that end here
	rest    T // for patterns with ** here
	first   int
	used    bool // first is the lowest match in the tree
}

// at returns the place of the value for p, and makes it if necessary. Matches come in their
// order.
func (t *tree[T]) at(p pattern, match int) *T {
	node := t
	node.note(match)
	for _, part := range p.parts {
		next := node.any
		if !part.any {
			next = node.literal[part.literal]
		}
		if next == nil {
			next = new(tree[T])
			if part.any {
				node.any = next
			} else {
				if node.literal == nil {
					node.literal = make(map[string]*tree[T])
				}
				node.literal[part.literal] = next
			}
		}
		node = next
		node.note(match)
	}
	if p.rest {
		return &node.rest
	}
	return &node.end
}

func (t *tree[T]) note(match int) {
	if !t.used {
		t.first, t.used = match, true
	}
}
