package main

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"errors"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/poolguard/poolguard/bench/internal/usage"
)

// A floor makes the signatures of a sign-in, and nothing else.
type floor struct {
	id, access *rsa.PrivateKey
	pair       time.Duration // what a pair takes, more or less
}

func newFloor() (floor, error) {
	id, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return floor{}, err
	}
	access, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return floor{}, err
	}
	f := floor{id: id, access: access}
	for range 2 { // a first one is slow
		start := time.Now()
		if err := f.signPair(0); err != nil {
			return floor{}, err
		}
		f.pair = time.Since(start)
	}
	return f, nil
}

// sign makes pairs for about so long, by so many goroutines at once, and returns the
// nanoseconds of time and of CPU that a pair took.
func (f floor) sign(turn time.Duration, goroutines int) (wall, used float64, err error) {
	n := max(1, int(turn/max(f.pair, 1))) * goroutines
	before, err := usage.CPUTime(os.Getpid())
	if err != nil {
		return 0, 0, err
	}
	start := time.Now()
	err = atOnce(n, goroutines, f.signPair)
	took := time.Since(start)
	after, usageErr := usage.CPUTime(os.Getpid())
	return float64(took) / float64(n), float64(after-before) / float64(n), errors.Join(err, usageErr)
}

func (f floor) signPair(int) error {
	digest := sha256.Sum256([]byte("a token"))
	for _, key := range []*rsa.PrivateKey{f.id, f.access} {
		if _, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, digest[:]); err != nil {
			return err
		}
	}
	return nil
}

// atOnce calls do for 0 to n-1, by so many goroutines, and returns the first error.
func atOnce(n, goroutines int, do func(int) error) error {
	if goroutines == 1 {
		for n := range n {
			if err := do(n); err != nil {
				return err
			}
		}
		return nil
	}
	var next atomic.Int64
	var all sync.WaitGroup
	errs := make([]error, goroutines)
	for g := range errs {
		all.Go(func() {
			for errs[g] == nil {
				at := int(next.Add(1)) - 1
				if at >= n {
					return
				}
				errs[g] = do(at)
			}
		})
	}
	all.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
