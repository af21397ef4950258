// Package privatefile keeps small files that only their owner may read, and that
// several processes change.
//
// It owns three things:
//
//   - [Write] replaces a file as a whole or not at all.
//   - [Read] rejects a file that other users can read or redirect.
//   - [Take] gives one process at a time its turn.
//
// It never looks at the content of a file.
//
// On Windows the mode of a file has no meaning. The permissions of the user's own
// folder decide who can read the file.
package privatefile
