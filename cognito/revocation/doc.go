// Package revocation checks whether a verified token has been revoked. A signature cannot
// show this. [cognito.Config.Revoked] calls its checks for each token that passed all
// other checks, also for a token from the verified-token cache.
//
// Start with [NewList], a list in memory that the application fills:
//
//	list, err := revocation.NewList(revocation.ListConfig{})
//	verifier, err := cognito.New(cognito.Config{UserPools: pools, Revoked: list.Revoked})
//	err = list.RevokeSubject(poolID, sub, time.Now()) // sign out everywhere
//
// A list revokes one token by its jti, all tokens of a sign-in by their origin_jti, or
// all tokens of a user whose sign-in was before a given time. A lookup takes some tens of
// nanoseconds and allocates nothing.
//
// A token does not show a revocation at Cognito (RevokeToken, GlobalSignOut, a disabled
// or deleted user). The program that revokes at Cognito must add an entry to the list. If
// no program can do that, use [NewOnline]. It sends the token to Cognito, to userInfo or
// GetUser, and remembers the answer for a short time. [Any] combines checks.
// https://docs.aws.amazon.com/cognito/latest/developerguide/token-revocation.html
//
// The package owns the set of revoked tokens and the meaning of Cognito's answers. It
// never verifies a token and never revokes one at Cognito. It keeps nothing on disk and
// starts a goroutine only for a request. A check returns "not revoked" only for a known
// reason. A check without its constructor, and an unclear answer, are errors. Defaults of
// [ListConfig].
package revocation
