package alb

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/internal/configerror"
	"github.com/poolguard/poolguard/cognito/internal/jose"
)

// A signer is a configured load balancer or instance.
type signer struct {
	arn  string
	keys *keys
}

// signers returns the signers by ARN, each with its keys. Signers with the same address
// share their keys.
func (o *Options) signers(arns []string, k kind, faults configerror.Faults) map[string]*signer {
	if len(arns) == 0 {
		faults.Add(k.field, "is empty: name the signers; every %s of a region signs with keys from the same address", k.what)
	}
	byARN := map[string]*signer{}
	byAddress := map[string]*keys{}
	for n, arn := range arns {
		field := fmt.Sprintf("%s[%d]", k.field, n)
		address, reason := o.addressOf(arn, k)
		switch {
		case reason != "":
			faults.Add(field, "%s", reason)
		case slices.Contains(arns[:n], arn):
			faults.Add(field, "repeats an earlier entry: remove it")
		default:
			if byAddress[address] == nil {
				byAddress[address] = newKeys(address, k.curve, o)
			}
			byARN[arn] = &signer{arn, byAddress[address]}
		}
	}
	return byARN
}

// addressOf returns the address of the keys of the signer. reason is the fault of its ARN.
func (o *Options) addressOf(arn string, k kind) (address, reason string) {
	place, reason := k.place(arn)
	if reason != "" {
		return "", reason
	}
	if o.KeyAddress != "" {
		return strings.TrimSuffix(o.KeyAddress, "/"), ""
	}
	return k.address(place)
}

// signer returns the configured signer that t names. Before the signature is verified,
// only this choice and the name of the key come from the token.
func (v *Verifier) signer(jws *jose.Compact, t *token) (*signer, *cognito.Error) {
	// By exactly that name (RFC 8725 §3.1): none, HS256 keyed with the text of the public
	// key and ES256 by a key of another curve all end here, or at the curve of the key.
	if jws.Algorithm != v.kind.algorithm {
		return nil, refuse(cognito.ErrAlgorithmNotAllowed, "alg must be %s, the algorithm of every %s", v.kind.algorithm, v.kind.what)
	}
	if refusal := t.signer.known("signer", true); refusal != nil {
		return nil, refusal
	}
	s := v.signers[t.signer.text]
	if s == nil {
		return nil, v.mismatch("signer", "a configured "+v.kind.what, t.signer.text, slices.Sorted(maps.Keys(v.signers)))
	}
	if refusal := t.issuer.known("iss", true); refusal != nil {
		return nil, refusal
	}
	if !slices.Contains(v.issuers, t.issuer.text) {
		return nil, v.mismatch("iss", "a configured issuer", t.issuer.text, v.issuers)
	}
	return s, nil
}

// mismatch returns the error for a signer or an issuer that is not configured. For the operator it also
// has what came and what is configured: a new load balancer has another ARN. Nothing of the token is
// verified yet, and the sender sees neither.
func (v *Verifier) mismatch(name, what, got string, configured []string) *cognito.Error {
	e := refuse(cognito.ErrIssuerMismatch, "%s must be %s", name, what)
	return e.WithDetail(fmt.Sprintf("%s: got %.200q, want %s", e.Message(), got, firstOf(configured)))
}

// firstOf writes what is configured, for a message.
func firstOf(configured []string) string {
	const most = 3 // ARNs have up to 124 characters
	want := strings.Join(configured[:min(most, len(configured))], ", ")
	if more := len(configured) - most; more > 0 {
		want += fmt.Sprintf(" and %d more", more)
	}
	return want
}
