// Package localtls makes certificates for development servers on this machine.
//
// It owns a small certificate authority: [Open] makes an authority, lets it sign one
// certificate, and forgets the authority's key. A client that trusts the authority
// therefore trusts this one server and nothing else. With a directory, the certificate
// is stored there and used again until it is about to expire. [Load] reads the
// operator's own certificate instead.
//
// The package never makes a certificate for production, and it never changes what the
// system trusts.
package localtls
