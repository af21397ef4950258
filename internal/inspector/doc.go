// Package inspector is the token inspector: a page that explains a token. A user pastes
// a token, and the page shows its claims, the result and the reason of each check, and
// its times on a drawn line. Start with [New].
//
// It owns that page: the form, the reading of the pasted text, the words and the
// drawing. It never decides about a token: the package cognito does. It never connects to
// a network: the caller provides the user pools and their key sets for every request
// ([Config.Pools]).
//
// A pasted token is a credential. It travels in the body of a POST and never in a URL.
// It is in no log, and no answer contains its signature. The page runs no script and
// loads nothing. Other sites can neither frame it nor send its form.
package inspector
