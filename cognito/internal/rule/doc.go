// Package rule has the parts that the rules of the adapters share: packages bearer, grpcauth and
// lambdaauth use the same words for who is let through, for the kind of a token and for its requirements.
//
// It owns the validation of these words and the call of the verifier for them. It never decides
// which rule applies to a request, and it writes no answer.
//
// The module grpcauth imports this package, and is released on its own. Do not remove or change
// what this package exports.
package rule
