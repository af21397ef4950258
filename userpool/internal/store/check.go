package store

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
)

// This is the file format of bbolt (version 2), as much of it as must hold for
// bbolt to work on the file. bbolt's own Check works on the mapped file and
// trusts it: a page that refers to itself, or beyond the end of the file, ends
// the process, and that cannot be recovered from.
const (
	boltMagic   = 0xED0CDAED
	boltVersion = 2
	noFreelist  = ^uint64(0)

	pageHeader    = 16 // id, flags, count, overflow
	branchElement = 16 // pos, ksize, pgid
	leafElement   = 16 // flags, pos, ksize, vsize
	bucketHeader  = 16 // root, sequence
	metaSize      = 64

	branchPage   = 0x01
	leafPage     = 0x02
	freelistPage = 0x10
	bucketFlag   = 0x01
)

var native = binary.NativeEndian

// checker reads a database page by page.
type checker struct {
	file     io.ReaderAt
	pageSize int64
	pages    uint64              // in use or free: the high-water mark
	seen     map[uint64]struct{} // pages that are in use, so that none is twice
}

// checkFile says what is wrong with the structure of the database in file.
func checkFile(file interface {
	io.ReaderAt
	io.Seeker
}, pageSize int) error {
	size, err := file.Seek(0, io.SeekEnd)
	if err != nil {
		return err
	}
	if pageSize < 1024 || size < 2*int64(pageSize) {
		return errors.New("it is cut off within its header")
	}
	c := checker{file: file, pageSize: int64(pageSize), seen: map[uint64]struct{}{0: {}, 1: {}}}
	meta, err := c.meta()
	if err != nil {
		return err
	}
	root, freelist := native.Uint64(meta[16:]), native.Uint64(meta[32:])
	c.pages = native.Uint64(meta[40:])
	if c.pages > uint64(size)/uint64(pageSize) { //nolint:gosec // G115: no size is negative
		return fmt.Errorf("it is cut off: it has %d bytes and needs %d pages of %d", size, c.pages, pageSize)
	}
	if err := c.tree(root, bounds{}, true); err != nil {
		return err
	}
	if freelist == noFreelist {
		return nil
	}
	return c.freelist(freelist)
}

// meta returns the header that bbolt uses: the later one that is whole.
func (c *checker) meta() ([]byte, error) {
	var best []byte
	for i := range int64(2) {
		meta := make([]byte, metaSize)
		if _, err := c.file.ReadAt(meta, i*c.pageSize+pageHeader); err != nil {
			return nil, err
		}
		sum := fnv.New64a()
		sum.Write(meta[:56])
		if native.Uint32(meta) != boltMagic || native.Uint32(meta[4:]) != boltVersion || native.Uint64(meta[56:]) != sum.Sum64() {
			continue
		}
		if int64(native.Uint32(meta[8:])) != c.pageSize {
			return nil, errors.New("the page sizes in its headers differ")
		}
		if best == nil || native.Uint64(meta[48:]) > native.Uint64(best[48:]) {
			best = meta
		}
	}
	if best == nil {
		return nil, errors.New("both of its headers are damaged")
	}
	return best, nil
}

// offset returns where a page begins. It must be one of c.pages, all of which
// are within the file.
func (c *checker) offset(id uint64) int64 {
	return int64(id) * c.pageSize //nolint:gosec // G115: below the size of the file, an int64
}

// page reads a page with what it overflows into, and marks all of it as used.
func (c *checker) page(id uint64) ([]byte, error) {
	if id < 2 || id >= c.pages {
		return nil, fmt.Errorf("page %d does not exist, but another page refers to it", id)
	}
	header := make([]byte, pageHeader)
	if _, err := c.file.ReadAt(header, c.offset(id)); err != nil {
		return nil, fmt.Errorf("page %d: %w", id, err)
	}
	overflow := uint64(native.Uint32(header[12:]))
	if native.Uint64(header) != id || overflow >= c.pages-id {
		return nil, fmt.Errorf("page %d has a damaged header", id)
	}
	for i := id; i <= id+overflow; i++ {
		if _, twice := c.seen[i]; twice {
			return nil, fmt.Errorf("page %d is used twice", i)
		}
		c.seen[i] = struct{}{}
	}
	page := make([]byte, c.offset(overflow+1))
	if _, err := c.file.ReadAt(page, c.offset(id)); err != nil {
		return nil, fmt.Errorf("page %d: %w", id, err)
	}
	return page, nil
}

// bounds are what the keys of a page must be within: from min, below max.
type bounds struct {
	min, max []byte // nil: no bound
}

func (b bounds) hold(key []byte) bool {
	return bytes.Compare(key, b.min) >= 0 && (b.max == nil || bytes.Compare(key, b.max) < 0)
}

// tree checks what is under a page. Only the root has buckets in it, as this
// package nests none.
func (c *checker) tree(id uint64, within bounds, root bool) error {
	page, err := c.page(id)
	if err != nil {
		return err
	}
	if native.Uint16(page[8:]) == branchPage {
		err = c.branch(page, within, root)
	} else {
		err = c.leaf(page, within, root)
	}
	if err != nil {
		return fmt.Errorf("page %d: %w", id, err)
	}
	return nil
}

func (c *checker) branch(page []byte, within bounds, root bool) error {
	count := int(native.Uint16(page[10:]))
	if count == 0 || pageHeader+count*branchElement > len(page) {
		return errors.New("a branch without children, or with too many")
	}
	keys := make([][]byte, count)
	for i := range keys {
		at := pageHeader + i*branchElement
		key, _, err := cut(page, at, native.Uint32(page[at:]), native.Uint32(page[at+4:]), 0)
		if err != nil {
			return err
		}
		if !within.hold(key) || i > 0 && bytes.Compare(keys[i-1], key) >= 0 {
			return errors.New("keys are out of order")
		}
		keys[i] = key
	}
	for i, key := range keys {
		below := bounds{min: key, max: within.max}
		if i+1 < count {
			below.max = keys[i+1]
		}
		if err := c.tree(native.Uint64(page[pageHeader+i*branchElement+8:]), below, root); err != nil {
			return err
		}
	}
	return nil
}

func (c *checker) leaf(page []byte, within bounds, root bool) error {
	count := int(native.Uint16(page[10:]))
	if native.Uint16(page[8:]) != leafPage || pageHeader+count*leafElement > len(page) {
		return errors.New("neither a branch nor a leaf")
	}
	var last []byte
	for i := range count {
		at := pageHeader + i*leafElement
		key, value, err := cut(page, at, native.Uint32(page[at+4:]), native.Uint32(page[at+8:]), native.Uint32(page[at+12:]))
		if err != nil {
			return err
		}
		if !within.hold(key) || i > 0 && bytes.Compare(last, key) >= 0 {
			return errors.New("keys are out of order")
		}
		last = key
		switch flags := native.Uint32(page[at:]); {
		case !root && flags != 0, root && flags != bucketFlag:
			return errors.New("a bucket where a record is expected, or a record for a bucket")
		case root:
			if err := c.bucket(value); err != nil {
				return fmt.Errorf("bucket %q: %w", key, err)
			}
		}
	}
	return nil
}

// bucket checks a bucket by its header, which a small one follows as a page
// that is within the value.
func (c *checker) bucket(value []byte) error {
	if len(value) < bucketHeader {
		return errors.New("no header")
	}
	if id := native.Uint64(value); id != 0 {
		return c.tree(id, bounds{}, false)
	}
	inline := value[bucketHeader:]
	if len(inline) < pageHeader || native.Uint64(inline) != 0 {
		return errors.New("neither a page nor content")
	}
	return c.leaf(inline, bounds{}, false)
}

// cut returns the key and the value of the element at page[at:].
func cut(page []byte, at int, pos, keySize, valueSize uint32) (key, value []byte, err error) {
	start := int64(at) + int64(pos)
	middle := start + int64(keySize)
	end := middle + int64(valueSize)
	if keySize == 0 || end > int64(len(page)) {
		return nil, nil, errors.New("a record is not within its page")
	}
	return page[start:middle], page[middle:end], nil
}

// freelist checks that no page is both free and in use: it would be written over.
func (c *checker) freelist(id uint64) error {
	page, err := c.page(id)
	if err != nil {
		return fmt.Errorf("list of free pages: %w", err)
	}
	count, ids := uint64(native.Uint16(page[10:])), page[pageHeader:]
	if count == 0xFFFF {
		// More than the header can say: the count is in front of the list.
		count, ids = native.Uint64(ids), ids[8:]
	}
	if native.Uint16(page[8:]) != freelistPage || count > uint64(len(ids))/8 {
		return fmt.Errorf("page %d is not a list of free pages", id)
	}
	for i := range count {
		free := native.Uint64(ids[i*8:])
		if _, used := c.seen[free]; used || free >= c.pages {
			return fmt.Errorf("page %d is in the list of free pages twice, or is not free", free)
		}
		c.seen[free] = struct{}{}
	}
	return nil
}
