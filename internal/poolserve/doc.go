// Package poolserve runs the local user pool of poolguard userpool serve.
//
// It owns what surrounds a [userpool.Server] there: the text at the start, with lines to
// paste into a shell, the codes and passwords that Cognito would send by e-mail or text
// message, the page that explains tokens, and the words for a faulty configuration file.
// It reads no flags and opens no file: the caller passes in the configuration, the
// storage, the listener and the certificate.
//
// It is for development: its text shows passwords and client secrets.
package poolserve
