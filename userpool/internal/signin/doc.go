// Package signin is what happens when somebody signs in, whatever the way: by the
// hosted pages or by the API. It checks passwords, starts sign-ins, issues,
// refreshes and revokes their tokens, and judges access tokens that come back.
//
// It knows nothing of HTTP. Its errors are values that adapters turn into OAuth's
// or the API's own; an error that is none of them is the server's failure. Start at
// [Service].
package signin
