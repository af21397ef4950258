package alb_test

import (
	"crypto/elliptic"
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/alb"
)

// FuzzVerify runs whole tokens through both verifiers: nothing that this process has
// not signed may come out, and what does not has a code.
func FuzzVerify(f *testing.F) {
	e := newEndpoint()
	// Nobody here signs with these.
	e.put(east+kid, pemOf(&newKey(elliptic.P256()).PublicKey))
	e.put(access+kid, pemOf(&newKey(elliptic.P384()).PublicKey))
	balancers, verifiedAccess := e.verifier(f), e.verifiedAccess(f)
	for _, test := range refusals() {
		f.Add(test.raw)
	}
	f.Add(token())
	f.Add(token(ofVerifiedAccess))
	f.Fuzz(func(t *testing.T, raw string) {
		for _, v := range []*alb.Verifier{balancers, verifiedAccess} {
			if identity, err := v.Verify(t.Context(), raw); err == nil || cognito.CodeOf(err) == "" {
				t.Fatalf("%q: %v, %v", raw, identity, err)
			}
		}
	})
}

// FuzzSigned signs the header and payload that the fuzzer makes, so that they get past
// the signature. What is accepted must say to encoding/json what it says here.
func FuzzSigned(f *testing.F) {
	d := newDraft()
	exp := `9000000000`
	head := `{"alg":"ES256","kid":"` + kid + `","signer":"` + balancer + `","iss":"` + issuer + `","client":"` + client + `","exp":` + exp + `}`
	f.Add(head, `{"sub":"a","exp":`+exp+`,"iss":"`+issuer+`","nbf":0,"email":"a@b","email_verified":"true"}`)
	f.Add(head, `{"sub":"\u0061","exp":9e9,"user":{"user_id":"x"}}`)
	f.Add(strings.Replace(head, `"exp"`, `"typ":"JWT","exp"`, 1), `{"sub":"a","Sub":"b","email_verified":true}`)
	v := newEndpoint().verifier(f)
	f.Fuzz(func(t *testing.T, head, payload string) {
		d := *d
		d.rawHeader, d.rawPayload = head, payload
		if head == "" || payload == "" {
			return // the draft's own
		}
		raw := d.String()
		identity, err := v.Verify(t.Context(), raw)
		if err != nil {
			if cognito.CodeOf(err) == "" {
				t.Fatalf("%q: %v", raw, err)
			}
			return
		}
		var h, p map[string]any
		if json.Unmarshal([]byte(head), &h) != nil || json.Unmarshal([]byte(payload), &p) != nil {
			t.Fatalf("encoding/json refuses %q, %q", head, payload)
		}
		now := float64(time.Now().Unix())
		if h["alg"] != "ES256" || h["kid"] != kid || h["signer"] != balancer || h["iss"] != issuer || h["client"] != client || h["exp"].(float64) <= now {
			t.Fatalf("the header %q was accepted", head)
		}
		if p["sub"] != identity.Subject() || identity.Subject() == "" {
			t.Fatalf("%q is about %v", payload, identity)
		}
		if exp, there := p["exp"]; there && exp.(float64) <= now {
			t.Fatalf("the payload %q was accepted", payload)
		}
		if iss, there := p["iss"]; there && iss != issuer {
			t.Fatalf("the payload %q was accepted", payload)
		}
		if email, _ := p["email"].(string); email != identity.Email() {
			t.Fatalf("%q has the email %q", payload, identity.Email())
		}
		if identity.EmailVerified() && p["email_verified"] != true && p["email_verified"] != "true" {
			t.Fatalf("%q is verified", payload)
		}
		if string(identity.RawHeader()) != head || string(identity.RawClaims()) != payload {
			t.Fatalf("%q, %q became %s, %s", head, payload, identity.RawHeader(), identity.RawClaims())
		}
		if _, err := base64.URLEncoding.DecodeString(raw[:strings.IndexByte(raw, '.')]); err != nil {
			t.Fatal(err)
		}
	})
}
