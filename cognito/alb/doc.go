// Package alb verifies what an Application Load Balancer or AWS Verified Access says
// about the user whom it signed in.
//
// A load balancer with an authenticate action adds three headers to each request:
// x-amzn-oidc-data, a token that it signs (ES256, padded against RFC 7515 §2);
// x-amzn-oidc-identity, the subject as it stands; and x-amzn-oidc-accesstoken, the
// access token of the user pool. Verified Access adds x-amzn-ava-user-context (ES384).
//
//	verifier, err := alb.New(alb.Config{
//		Signers:   []string{"arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/web/50dc6c495c0c9188"},
//		ClientIDs: []string{"1example23456789"},
//		Issuers:   []string{"https://cognito-idp.us-east-1.amazonaws.com/us-east-1_AbCdEfGhI"},
//	})
//	protect := alb.Require(verifier, accessTokens) // a *cognito.Verifier of the same pool
//	mux.Handle("/orders", protect(orders))
//
// Within the handler, [FromContext] returns the identity and [AccessToken] the token.
//
// The package owns these tokens, their public keys and the agreement of the headers.
// It never takes a region, an address or a key from a token: all load balancers of a
// region, anybody's, sign with keys from one address, so that the signer must be one of
// those configured (the flaw called ALBeast), and its region says where keys come from.
//
// Nothing is kept of a token once it was verified, so that each request costs one check
// of a signature: some 70 µs for ES256, and half a millisecond for ES384, for which Go has
// no assembly.
//
// # What must hold around it
//
// The load balancer must be the only way to the program: a security group that lets
// nobody else in. The middleware cannot know who sent a request. It does not see
//
//   - that a token was made for this request: one that leaked is good for whoever sends
//     it, on any path, until it expires, which takes two minutes or so;
//   - whether the rule that forwarded the request has an authenticate action: headers
//     that a client sent itself may come through a rule that has none;
//   - that somebody signed out, at the load balancer or at the user pool.
//
// AWS's pages:
//   - https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-authenticate-users.html#user-claims-encoding
//   - https://docs.aws.amazon.com/verified-access/latest/ug/user-claims-passing.html
package alb
