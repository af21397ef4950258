// Package authflow is what happens when somebody signs in, whatever the way: by the
// hosted pages or by the API. It checks passwords, plain or by SRP, leads through
// the challenges that follow (a new password, a one-time code), starts sign-ins,
// issues, refreshes and revokes their tokens, and judges access tokens that come
// back.
//
// It knows nothing of HTTP. Its errors are values that adapters turn into OAuth's
// or the API's own; an error that is none of them is the server's failure. Start at
// [Service]: CheckPassword, then Next, then its answers until a [Step] has no
// challenge, then Complete.
package authflow
