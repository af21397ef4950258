// Package revocation answers what a signature cannot: whether a token that is good has
// been taken back. Its checks are what [cognito.Config.Revoked] asks, about each token
// that is good otherwise, one that is in the verified-token cache too.
//
// Start with [NewList], a list in memory that the application feeds:
//
//	list, err := revocation.NewList(revocation.ListConfig{})
//	verifier, err := cognito.New(cognito.Config{UserPools: pools, Revoked: list.Revoked})
//	err = list.RevokeSubject(poolID, sub, time.Now()) // sign out everywhere
//
// It revokes a token by jti, all tokens of a sign-in by origin_jti, or all of a user
// whose sign-in lies before a time. A question costs some tens of nanoseconds and
// allocates nothing.
//
// Cognito's own revocation (RevokeToken, GlobalSignOut, a disabled or deleted user) is
// not in the token, and whoever revokes there must tell the list. Where nobody can,
// [NewOnline] asks Cognito with the very token, at userInfo or GetUser, and remembers
// the answer for a short while. [Any] puts checks together.
// https://docs.aws.amazon.com/cognito/latest/developerguide/token-revocation.html
//
// It owns which tokens are revoked, and what is believed of Cognito's answers. It never
// verifies a token, never revokes one at Cognito, keeps nothing on disk and starts no
// goroutine but for a request under way. "Not revoked" is only ever said for a reason:
// what was not made by its constructor, and what could not be found out, is an error.
package revocation
