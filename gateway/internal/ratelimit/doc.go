// Package ratelimit bounds the forged tokens that one client sends.
//
//	limiter, err := ratelimit.New(20, time.Minute)
//	decider := limiter.Guard(policy)
//
// A token is forged if no trusted issuer signed it: it cannot be read, its issuer is not
// trusted, its key is unknown, or its signature is invalid. Expired tokens, tokens without a
// permission and requests without a token do not count.
//
// The package owns the counts, one for each address of a client. All addresses of an IPv6
// network of 64 bits are one client. It denies nothing that the rules allow: a good token
// passes also if other users of its address sent forged ones. It verifies nothing and reads
// no header.
package ratelimit
