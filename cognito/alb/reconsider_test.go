package alb

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"testing"
	"time"
)

// TestKeyThatChangedDuringTheVerificationIsNotFetched: another token may have replaced
// or evicted the key between the two looks at it.
func TestKeyThatChangedDuringTheVerificationIsNotFetched(t *testing.T) {
	var o Options
	o.complete()
	k := newKeys("https://keys.example", elliptic.P256(), &o)
	old, replaced := new(ecdsa.PublicKey), new(ecdsa.PublicKey)
	if key, f := k.reconsider("gone", old); key != nil || f != nil {
		t.Errorf("a key that is gone: got %v, %v", key, f)
	}
	k.held["replaced"] = &held{key: replaced, fetchedAt: time.Now().Add(-time.Minute)}
	if key, f := k.reconsider("replaced", old); key != replaced || f != nil {
		t.Errorf("a key that was replaced: got %v, %v", key, f)
	}
}
