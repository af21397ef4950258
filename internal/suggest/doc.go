// Package suggest finds the name that a typed word was probably meant to be, for "did
// you mean" in messages.
//
// It owns the measure of likeness, for keys of configuration files and for commands and
// flags alike. It never decides whether the typed word may be shown: it can be a
// secret, and the caller knows what was asked for.
package suggest
