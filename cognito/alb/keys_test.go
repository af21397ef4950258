package alb_test

import (
	"context"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/alb"
)

// TestKeyNames: what is no UUID in AWS's spelling is never asked for.
func TestKeyNames(t *testing.T) {
	e := newEndpoint()
	v := e.verifier(t)
	for _, name := range []string{
		"", "..", "../" + kid, kid + "/../x", "/" + kid, kid + "/", kid + "?x", kid + "#", kid + "\n", "\n" + kid, kid + "%2f..",
		strings.ToUpper(kid), strings.ReplaceAll(kid, "-", ""), "{" + kid + "}", "urn:uuid:" + kid, " " + kid, kid + "0", kid[1:], kid[:35] + "g",
		"//elsewhere.example/" + kid, "https://elsewhere.example/" + kid, "@elsewhere.example/" + kid, kid + "\x00", strings.Replace(kid, "-", "‐", 1),
		strings.Repeat("a", 5000), "'; DROP TABLE keys; --", "k1",
	} {
		expect(t, v, token(header("kid", name)), cognito.ErrKeyNotFound)
	}
	if n := e.count(); n != 0 {
		t.Errorf("%d fetches: %q", n, e.requests())
	}
}

// TestAddresses: the signer's ARN says where keys are, and nothing in the token does.
func TestAddresses(t *testing.T) {
	for arn, address := range map[string]string{
		balancer: east,
		strings.Replace(balancer, "us-east-1", "ap-southeast-4", 1):                                        "https://public-keys.auth.elb.ap-southeast-4.amazonaws.com/",
		strings.NewReplacer("arn:aws:", "arn:aws-us-gov:", "us-east-1", "us-gov-west-1").Replace(balancer): "https://s3-us-gov-west-1.amazonaws.com/aws-elb-public-keys-prod-us-gov-west-1/",
		strings.NewReplacer("arn:aws:", "arn:aws-us-gov:", "us-east-1", "us-gov-east-1").Replace(balancer): "https://s3-us-gov-east-1.amazonaws.com/aws-elb-public-keys-prod-us-gov-east-1/",
	} {
		e := newEndpoint()
		e.put(address+kid, pemOf(&p256.PublicKey))
		v := e.verifier(t, func(c *alb.Config) { c.Signers = []string{arn} })
		expect(t, v, token(header("signer", arn), header("region", "eu-west-1"), header("jku", "https://elsewhere.example"), claim("region", "x")), "")
		if asked := e.requests(); len(asked) != 1 || asked[0] != address+kid {
			t.Errorf("%s: asked for %q", arn, asked)
		}
	}
	// Another signer's region has a key of the same name: neither is used for the other.
	west := strings.Replace(balancer, "us-east-1", "us-west-2", 1)
	e := newEndpoint()
	e.put("https://public-keys.auth.elb.us-west-2.amazonaws.com/"+kid, pemOf(&otherP256.PublicKey))
	v := e.verifier(t, func(c *alb.Config) { c.Signers = []string{balancer, west} })
	expect(t, v, token(), "")
	expect(t, v, token(header("signer", west)), cognito.ErrSignatureInvalid)
	expect(t, v, token(header("signer", west), signedBy(otherP256)), "")
	expect(t, v, token(signedBy(otherP256)), cognito.ErrSignatureInvalid)

	own := newEndpoint()
	own.put("https://keys.example/alb/"+kid, pemOf(&p256.PublicKey))
	v = own.verifier(t, func(c *alb.Config) {
		c.KeyAddress, c.Signers = "https://keys.example/alb/", []string{strings.Replace(balancer, "aws:", "aws-eusc:", 1)}
	})
	expect(t, v, token(header("signer", strings.Replace(balancer, "aws:", "aws-eusc:", 1))), "")
}

// TestFaults of the address are nobody's fault who sends a token, and nothing but a key
// of the right curve is one.
func TestFaults(t *testing.T) {
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	good := pemOf(&p256.PublicKey)
	p521 := newKey(elliptic.P521())
	for name, test := range map[string]struct {
		answer func(*http.Request) (*http.Response, error)
		want   cognito.Code
	}{
		"404":        {respond(404, "x"), cognito.ErrKeyNotFound},
		"403":        {respond(403, "<Error/>"), cognito.ErrKeysUnavailable},
		"429":        {respond(429, "", "Retry-After", "7"), cognito.ErrKeysUnavailable},
		"500":        {respond(500, good), cognito.ErrKeysUnavailable},
		"503":        {respond(503, good), cognito.ErrKeysUnavailable},
		"201":        {respond(201, good), cognito.ErrKeysUnavailable},
		"204":        {respond(204, ""), cognito.ErrKeysUnavailable},
		"206":        {respond(206, good), cognito.ErrKeysUnavailable},
		"301":        {respond(301, good, "Location", "https://elsewhere.example/"), cognito.ErrKeysUnavailable},
		"302":        {respond(302, good, "Location", "/"+kid+"x"), cognito.ErrKeysUnavailable},
		"307":        {respond(307, good, "Location", east+kid), cognito.ErrKeysUnavailable},
		"HTML":       {respond(200, "<!DOCTYPE html>"+good), cognito.ErrKeysUnavailable},
		"empty":      {respond(200, ""), cognito.ErrKeysUnavailable},
		"cut short":  {respond(200, good[:50]), cognito.ErrKeysUnavailable},
		"two keys":   {respond(200, good+good), cognito.ErrKeysUnavailable},
		"huge":       {respond(200, good+strings.Repeat("\n", 64<<10)), cognito.ErrKeysUnavailable},
		"huge space": {respond(200, strings.Repeat(" ", 10<<20)), cognito.ErrKeysUnavailable},
		"RSA":        {respond(200, pemOf(&rsaKey.PublicKey)), cognito.ErrKeysUnavailable},
		"P-384":      {respond(200, pemOf(&p384.PublicKey)), cognito.ErrKeysUnavailable},
		"P-521":      {respond(200, pemOf(&p521.PublicKey)), cognito.ErrKeysUnavailable},
		"broken":     {func(*http.Request) (*http.Response, error) { return nil, errors.New("connection reset") }, cognito.ErrKeysUnavailable},
		"breaks off": {func(r *http.Request) (*http.Response, error) {
			response, _ := respond(200, good)(r)
			response.ContentLength = int64(len(good)) + 1
			return response, nil
		}, cognito.ErrKeysUnavailable},
		"body fails": {func(r *http.Request) (*http.Response, error) {
			response, _ := respond(200, good)(r)
			response.Body = io.NopCloser(io.MultiReader(strings.NewReader(good), failing{}))
			return response, nil
		}, cognito.ErrKeysUnavailable},
		"good": {respond(200, good), ""},
	} {
		t.Run(name, func(t *testing.T) {
			e := newEndpoint()
			e.serve(test.answer)
			expect(t, e.verifier(t), token(), test.want)
			if e.count() != 1 {
				t.Errorf("asked for %q", e.requests())
			}
		})
	}
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errors.New("reset") }

// slow answers well after d, unless the request is given up.
func slow(d time.Duration) func(*http.Request) (*http.Response, error) {
	return func(r *http.Request) (*http.Response, error) {
		select {
		case <-time.After(d):
			return respond(200, pemOf(&p256.PublicKey))(r)
		case <-r.Context().Done():
			return nil, r.Context().Err()
		}
	}
}

func TestSlowAddress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newEndpoint()
		e.serve(slow(time.Hour))
		v := e.verifier(t)
		start := time.Now()
		_, err := v.Verify(t.Context(), token())
		if !errors.Is(err, cognito.ErrKeysUnavailable) || errors.Is(err, context.DeadlineExceeded) || time.Since(start) != 5*time.Second {
			t.Errorf("after %v: %v", time.Since(start), err)
		}
		// A caller gives up with its own context, and the fetch goes on for the others.
		e.serve(slow(2 * time.Second))
		time.Sleep(time.Minute)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := v.Verify(ctx, token()); !errors.Is(err, cognito.ErrKeysUnavailable) || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("gave up with %v", err)
		}
		expect(t, v, token(), "")
		if e.count() != 2 {
			t.Errorf("%d fetches", e.count())
		}
	})
}

// TestColdStart: all who wait for a key share one fetch, and no more than that is
// fetched while it is held.
func TestColdStart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newEndpoint()
		e.serve(slow(time.Second))
		v := e.verifier(t)
		var all sync.WaitGroup
		for range 100 {
			all.Go(func() { expect(t, v, token(), "") })
		}
		all.Wait()
		for range 40 {
			time.Sleep(time.Minute)
			expect(t, v, token(), "")
		}
		if e.count() != 1 {
			t.Errorf("%d fetches", e.count())
		}
	})
}

// unsigned saves the time for a signature that nobody will get to check.
func unsigned(d *draft) { d.sign = func([]byte) []byte { return make([]byte, 64) } }

func unknown(n int) func(*draft) {
	return header("kid", fmt.Sprintf("00000000-0000-0000-0000-%012x", n))
}

// TestFlood: invented names cost a bounded number of fetches in each cool-down, and
// held keys are not slowed.
func TestFlood(t *testing.T) {
	for _, status := range []int{403, 404} {
		synctest.Test(t, func(t *testing.T) {
			e := newEndpoint()
			v := e.verifier(t)
			expect(t, v, token(), "")
			e.serve(respond(status, ""))
			time.Sleep(time.Minute)
			before := e.count()
			const coolDowns = 6
			found := map[cognito.Code]int{}
			for n := range coolDowns * 1000 {
				_, err := v.Verify(t.Context(), token(unknown(n), unsigned))
				found[cognito.CodeOf(err)]++
				if n%100 == 0 {
					start := time.Now()
					expect(t, v, token(), "")
					if time.Since(start) > 0 {
						t.Error("a held key was waited for")
					}
				}
				time.Sleep(10 * time.Millisecond)
			}
			if fetches := e.count() - before; fetches != coolDowns*alb.DefaultKeyFetches {
				t.Errorf("%d fetches in %d cool-downs", fetches, coolDowns)
			}
			if found[cognito.ErrKeyNotFound] != coolDowns*alb.DefaultKeyFetches || found[cognito.ErrKeysUnavailable] != coolDowns*(1000-alb.DefaultKeyFetches) {
				t.Errorf("%v", found)
			}
			// One name is asked for once in a cool-down.
			time.Sleep(time.Minute)
			before = e.count()
			for range 100 {
				expect(t, v, token(unknown(1)), cognito.ErrKeyNotFound)
			}
			if e.count()-before != 1 {
				t.Errorf("%d fetches for one name", e.count()-before)
			}
			time.Sleep(10 * time.Second)
			expect(t, v, token(unknown(1)), cognito.ErrKeyNotFound)
			if e.count()-before != 2 {
				t.Errorf("%d fetches for one name when the cool-down is over", e.count()-before)
			}
			// A new key is found after the flood.
			e.serve(nil)
			time.Sleep(11 * time.Second)
			e.put(east+"00000000-0000-0000-0000-000000000001", pemOf(&otherP256.PublicKey))
			expect(t, v, token(unknown(1), signedBy(otherP256)), "")
		})
	}
}

// TestBadSignatures under a held name cost fetches that are bounded likewise.
func TestBadSignatures(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newEndpoint()
		v := e.verifier(t)
		expect(t, v, token(), "")
		for range 600 {
			expect(t, v, token(signedBy(otherP256)), cognito.ErrSignatureInvalid)
			time.Sleep(100 * time.Millisecond)
		}
		if n := e.count(); n != 6 { // the first, and one in each whole cool-down of a minute but the first
			t.Errorf("%d fetches", n)
		}
	})
}
