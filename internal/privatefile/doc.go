// Package privatefile keeps small files that nobody but their owner may read, and
// that several processes change.
//
// It owns three things: that a file is replaced whole or not at all ([Write]), that
// one which others can read or redirect is refused ([Read]), and whose turn it is
// ([Take]). It never looks at what is in a file.
//
// On Windows the mode of a file says nothing: who may read it is left to the
// permissions of the user's own folder.
package privatefile
