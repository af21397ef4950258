package lambdaauth

// A pattern is a set of calls, the part of an ARN after the stage. It is the set of a
// route key, in which a parameter is one segment, or the set that IAM matches with the
// resource of a policy. In a resource, * matches any text, also slashes and the empty
// text.
//
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
type pattern []piece

// A piece is one byte, or, where many, any number of them.
type piece struct {
	kind pieceKind
	c    byte // where literal
	many bool
}

type pieceKind uint8

const (
	literal pieceKind = iota
	noSlash           // any byte but a slash
	anyByte
)

// globOf reads a resource of a policy.
func globOf(resource string) pattern {
	p := make(pattern, 0, len(resource))
	for n := range len(resource) {
		switch c := resource[n]; c {
		case '*':
			p = append(p, piece{kind: anyByte, many: true})
		case '?':
			p = append(p, piece{kind: anyByte})
		default:
			p = append(p, piece{c: c})
		}
	}
	return p
}

// exactly returns the set of one call, with any characters.
func exactly(call string) pattern {
	p := make(pattern, len(call))
	for n := range len(call) {
		p[n].c = call[n]
	}
	return p
}

// meets reports whether some call is in both sets. It reads both patterns at once, as the
// product of two automata, and takes at most the product of their lengths.
func (p pattern) meets(q pattern) bool {
	// Most patterns differ early.
	for len(p) > 0 && len(q) > 0 && p[0].kind == literal && q[0].kind == literal {
		if p[0].c != q[0].c {
			return false
		}
		p, q = p[1:], q[1:]
	}
	type state struct{ p, q int }
	seen := make([]bool, (len(p)+1)*(len(q)+1))
	open := []state{{}}
	visit := func(i, j int) {
		if at := i*(len(q)+1) + j; !seen[at] {
			seen[at] = true
			open = append(open, state{i, j})
		}
	}
	for len(open) > 0 {
		s := open[len(open)-1]
		open = open[:len(open)-1]
		if s.p == len(p) && s.q == len(q) {
			return true
		}
		if s.p < len(p) && p[s.p].many {
			visit(s.p+1, s.q)
		}
		if s.q < len(q) && q[s.q].many {
			visit(s.p, s.q+1)
		}
		if s.p < len(p) && s.q < len(q) && p[s.p].shares(q[s.q]) {
			visit(s.p+step(p[s.p]), s.q+step(q[s.q]))
		}
	}
	return false
}

// step returns the number of pieces to advance after one byte.
func step(p piece) int {
	if p.many {
		return 0
	}
	return 1
}

// shares reports whether both pieces accept a common byte.
func (p piece) shares(q piece) bool {
	switch {
	case p.kind == literal && q.kind == literal:
		return p.c == q.c
	case p.kind == literal:
		return q.kind == anyByte || p.c != '/'
	case q.kind == literal:
		return p.kind == anyByte || q.c != '/'
	}
	return true
}
