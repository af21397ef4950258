// Package selection is about the profile that a command was asked to use.
//
// It owns what belongs to that profile on this machine: its name where none is given, the
// place of its tokens, its client secret, and the key ring of the system. It reads no
// configuration file and no token, and it changes neither: see
// [github.com/poolguard/poolguard/internal/terminalauth/profile] and
// [github.com/poolguard/poolguard/internal/terminalauth/tokenstore].
package selection
