// Package inspector is the token inspector: a page to paste a token into that shows
// what the token says, how it fares in each check and why, and its times on a drawn
// line.
//
// It owns that page: its form, what it makes of a pasted text, its words and its
// drawing. It never decides about a token, which is for the package cognito, and
// never asks a network: its caller hands it the user pools and their key sets
// ([Config.Pools]), with each request anew.
//
// What is pasted is a credential, so the page keeps it from everywhere else: it
// travels in the body of a POST and in no URL, is written to no log, and no page that
// comes back holds its signature. The page runs no script and loads nothing, and
// other sites can neither frame it nor post to it.
package inspector
