// Package web renders Poolguard's HTML pages. Start with [New] for the pages and
// [NewCSRF] for the token of their forms.
//
// It owns the shared parts: the layout, one style sheet, the security headers, the
// Content-Security-Policy, the CSRF token, and a page for messages and errors
// ([Message]). The style sheet has colours for light and dark, and fits windows from 320
// pixels on. A package with pages of its own has their templates, and a few style rules
// if it needs them.
//
// A page runs no script, loads nothing, and is the answer to one request. The package
// never decides about tokens and sessions, never reads a request's form, and logs
// nothing: its callers do.
package web
