// Package alb verifies the tokens in which an Application Load Balancer or AWS Verified
// Access describes the signed-in user.
//
//	balancers, err := alb.New(alb.Config{
//		Signers:   []string{"arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/web/50dc6c495c0c9188"},
//		ClientIDs: []string{"1example23456789"},
//		Issuers:   []string{"https://cognito-idp.us-east-1.amazonaws.com/us-east-1_AbCdEfGhI"},
//	})
//	protect := alb.Require(balancers, tokens) // tokens is a *cognito.Verifier of the same pool
//	mux.Handle("/orders", protect(orders))
//
// Within the handler, [FromContext] returns the identity and [AccessToken] the access
// token. In tests, package cognitotest has load balancers that sign. The guide is
// docs/load-balancers.md in the repository.
//
// A load balancer with an authenticate action adds three headers to each request:
// x-amzn-oidc-data, a token that it signs (ES256, with padding, against RFC 7515 §2);
// x-amzn-oidc-identity, the plain subject; and x-amzn-oidc-accesstoken, the access token
// of the user pool. Verified Access adds x-amzn-ava-user-context (ES384).
//
// The package owns these tokens, their public keys and the agreement of the headers. It
// never takes a region, an address or a key from a token. All load balancers of a region,
// of every AWS account, sign with keys from one address. So the signer must be one of the
// configured ones, and its region decides where keys come from. Without this check, an
// attacker can use a load balancer of their own (the flaw ALBeast).
//
// A verified token is not cached. Each request costs one check of a signature: about 70
// µs for ES256, and half a millisecond for ES384, for which Go has no assembly.
//
// # Requirements on the network
//
// Clients must not be able to reach the program except through the load balancer: use a
// security group that allows nothing else. The middleware cannot find out who sent a
// request. It does not detect
//
//   - a token that was made for another request: until it expires, after about two
//     minutes, a leaked token is valid for every sender and every path;
//   - a listener rule without an authenticate action: headers that a client sets itself
//     may pass through such a rule;
//   - a sign-out, at the load balancer or at the user pool.
//
// AWS's pages:
//   - https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-authenticate-users.html#user-claims-encoding
//   - https://docs.aws.amazon.com/verified-access/latest/ug/user-claims-passing.html
package alb
