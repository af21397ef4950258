// Package explain says what to do about a token that was rejected: the advice for each
// error code of package cognito.
//
// It owns the sentences that are true wherever they are shown. The command, the page
// that explains a token and others add what their own user can do, such as the flag to
// give ([Facts.Step]). It does not repeat the message of the error, and it shows no part
// of a token.
package explain
