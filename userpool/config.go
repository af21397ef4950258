package userpool

import (
	"io"
	"log/slog"
	"time"
)

// Config describes a [Server]. Only PublicURL is mandatory.
type Config struct {
	// PublicURL is the origin under which clients reach the server, such as
	// "http://127.0.0.1:9229": scheme, host and port, no path. Endpoints in the
	// discovery document start with it, and so does the issuer under IssuerLocal.
	// With https, cookies are marked Secure. It is never taken from a request: a
	// Host header must not choose what a signed token says.
	PublicURL string

	// Pools are the user pools to serve. None means the one of [DefaultPool].
	Pools []Pool

	// IssuerForm chooses what tokens carry as `iss`. Empty means IssuerLocal.
	IssuerForm IssuerForm

	// Clock tells the time for lifetimes and for every claim that holds one. Nil
	// means time.Now. It must be safe for concurrent use. [Server.SetClockOffset]
	// shifts it.
	Clock func() time.Time

	// Rand is the source of codes, identifiers, nonces and salts. Nil means
	// crypto/rand.Reader. The server calls it under a lock. It must never fail: as
	// with crypto/rand.Read, an error makes the caller panic, since nothing that
	// follows could be trusted. Signing keys do not come from here, but always
	// from crypto/rand.
	Rand io.Reader

	// Logger receives sign-ins, issued tokens and refusals with their reason.
	// Tokens, codes and passwords are never logged. Nil means no log.
	Logger *slog.Logger
}

// IssuerForm is a way to write a pool's issuer. The values are those of the
// command line.
type IssuerForm string

const (
	// IssuerLocal is "<PublicURL>/<poolId>": discovery works from the issuer alone.
	IssuerLocal IssuerForm = "local"
	// IssuerOriginal is "https://cognito-idp.<region>.amazonaws.com/<poolId>", for
	// clients that insist on AWS's own; their key fetcher must be redirected here.
	IssuerOriginal IssuerForm = "original"
	// IssuerUpdated is "https://issuer-cognito-idp.<region>.amazonaws.com/<poolId>",
	// the form that AWS recommends since 2026.
	IssuerUpdated IssuerForm = "updated"
)

// Pool is one user pool.
type Pool struct {
	// ID is "<region>_<letters and digits>", such as "us-east-1_Local0001".
	ID string
	// Clients are the app clients. Their IDs are unique across all pools of a
	// server, as the OAuth endpoints find the pool by its client.
	Clients []Client
	// Users can sign in from the start. Names are compared without case.
	Users []User
	// ResourceServers define the custom scopes that clients may have.
	ResourceServers []ResourceServer
}

// ResourceServer is an API with scopes of its own. A token carries a scope as
// "<Identifier>/<scope>".
type ResourceServer struct {
	// Identifier names the API: a word such as "orders", or a URL.
	Identifier string
	// Scopes are names within the API, such as "read".
	Scopes []string
}

// User is a person who can sign in with a password.
type User struct {
	// Username has 1 to 128 characters and no white space.
	Username string
	// Password has 1 to 256 characters. The server keeps a salted verifier of it
	// only.
	Password Secret
	// Sub is the immutable identifier in tokens. Empty means a UUID derived from
	// pool and user name, so that it is the same in every run.
	Sub string
	// Groups appear in tokens as `cognito:groups`, in this order.
	Groups []string
	// Attributes are standard OpenID claims ("email", "email_verified", …) or
	// "custom:…". All values are strings, as in Cognito's API; in ID tokens the two
	// `…_verified` ones, which must be "true" or "false", become booleans.
	Attributes map[string]string
}
