package store

import (
	"context"
	"iter"
	"strings"
	"sync/atomic"

	"github.com/tidwall/btree"
)

// record is one element of the tree, which is ordered by bucket, then key. Its
// value is never written to: Put replaces the record.
type record struct {
	bucket Bucket
	key    string
	value  []byte
}

func recordLess(a, b record) bool {
	if a.bucket != b.bucket {
		return a.bucket < b.bucket
	}
	return a.key < b.key
}

type memory struct {
	gate *gate
	// kept is a tree that never changes. Views read it; an Update replaces it with a
	// changed copy.
	kept atomic.Pointer[btree.BTreeG[record]]
	// next is the copy on which the next Update works; it shares its nodes
	// with kept until it writes to them. The slot of gate owns it.
	next *btree.BTreeG[record]
}

// NewMemory returns a store that forgets everything with the process.
func NewMemory() Store {
	m := &memory{gate: newGate()}
	// Without locks: trees are either owned by one Update or not changed at all.
	m.next = btree.NewBTreeGOptions(recordLess, btree.Options{NoLocks: true})
	m.kept.Store(m.next.Copy())
	return m
}

func (m *memory) View(ctx context.Context, read func(Tx) error) error {
	if err := m.gate.check(ctx); err != nil {
		return err
	}
	tx := &memoryTx{tree: m.kept.Load()}
	defer tx.rules.end()
	return read(tx)
}

func (m *memory) Update(ctx context.Context, write func(Tx) error) error {
	if err := m.gate.enter(ctx); err != nil {
		return err
	}
	defer m.gate.leave()

	tx := &memoryTx{tree: m.next.Copy(), rules: txRules{writable: true}}
	defer tx.rules.end()
	if err := write(tx); err != nil {
		return err
	}
	m.next = tx.tree
	m.kept.Store(tx.tree.Copy())
	return nil
}

func (m *memory) Close() error {
	m.gate.close()
	return nil
}

type memoryTx struct {
	tree  *btree.BTreeG[record]
	rules txRules
}

func (tx *memoryTx) Get(b Bucket, key string) ([]byte, error) {
	if err := tx.rules.read(b, key); err != nil {
		return nil, err
	}
	found, ok := tx.tree.Get(record{bucket: b, key: key})
	if !ok {
		return nil, notFound(b)
	}
	return clone(found.value), nil
}

func (tx *memoryTx) Put(b Bucket, key string, value []byte) error {
	if err := tx.rules.write(b, key); err != nil {
		return err
	}
	tx.tree.Set(record{bucket: b, key: strings.Clone(key), value: clone(value)})
	return nil
}

func (tx *memoryTx) Delete(b Bucket, key string) error {
	if err := tx.rules.write(b, key); err != nil {
		return err
	}
	tx.tree.Delete(record{bucket: b, key: key})
	return nil
}

func (tx *memoryTx) Scan(b Bucket, prefix, after string) iter.Seq2[string, []byte] {
	return func(yield func(string, []byte) bool) {
		defer tx.rules.scan(b)()
		tree := tx.tree
		if tx.rules.writable {
			// The loop's body may change other buckets, which are in the same tree.
			tree = tree.Copy()
		}
		tree.Ascend(record{bucket: b, key: max(prefix, after)}, func(r record) bool {
			if r.bucket != b || !strings.HasPrefix(r.key, prefix) {
				return false
			}
			if r.key == after {
				return true
			}
			return yield(r.key, clone(r.value))
		})
	}
}
