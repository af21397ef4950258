// Package login is the course of poolguard login: from what the operator typed and the
// saved profile to a sign-in that is kept and a profile that is saved.
//
// It owns which options exclude each other, how options change a profile, which profile
// --local means, and the order of the steps: what can fail without a browser fails first.
// It knows no flags package, prints nothing and opens no browser: the caller passes those in.
package login
