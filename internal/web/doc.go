// Package web renders Poolguard's HTML pages. Start with [New] for the pages and
// [NewCSRF] for the token of their forms.
//
// It owns what all pages share: the layout, one style sheet (colours for light and
// dark, windows from 320 pixels on), the security headers, the Content-Security-Policy,
// the CSRF token, and a page for messages and errors ([Message]). A package that has
// pages of its own brings their templates and, if it needs them, a few style rules.
//
// A page runs no script, loads nothing, and is the answer to one request. The package
// never decides about tokens and sessions, never reads a request's form, and logs
// nothing: its callers do.
package web
