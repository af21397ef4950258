// Package authflow has the authentication flows of a user pool, for the hosted pages and for
// the API. It checks passwords, plain or by SRP. It gives the challenges that follow, such
// as a new password or a one-time code, and checks their answers. It starts sign-ins, and
// issues, refreshes and revokes their tokens. It checks the access tokens that clients send
// to the pool.
//
// It knows no HTTP. Adapters turn its error values into errors of OAuth or of the API. Any
// other error is a failure of the server. Start at [Service]: call CheckPassword, then
// Next, then the methods that answer challenges until a [Step] has no challenge, then
// Complete.
package authflow
