package userpool

import (
	"context"
	"io"
	"log/slog"
	"net/http"
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

	// Pools are the user pools to serve. None, and no Descriptions either, means the
	// one of [DefaultPool].
	Pools []Pool

	// Descriptions are further pools, as AWS describes those of an account. Where a
	// pool is in Pools too, it has the users, groups and clients of both, and the
	// described settings.
	Descriptions *Descriptions

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

	// Rotation replaces signing keys on a schedule. The zero value never does;
	// [Server.RotateKeys] does it on demand.
	Rotation Rotation

	// Storage keeps everything beyond the process: see [OpenStorage]. Nil means
	// memory. What it has stays, changed or deleted as it may be since, until Pools or
	// Descriptions say something else of it than when they were last written into it:
	// then that record is as they say. Of a user, the password, the authenticator app
	// and the rest are looked at one by one. What Pools no longer have, it keeps.
	Storage *Storage

	// Deliver hands over codes and temporary passwords that Cognito would send by
	// e-mail or text message. It must be safe for concurrent use and return soon. Nil
	// drops them.
	Deliver func(context.Context, Message)

	// Inspector serves /inspect, if not nil: a page that explains tokens. The pool
	// itself cannot verify tokens as an application does, on purpose.
	Inspector http.Handler

	// Controls serves /_local/, with which tests move the clock, rotate and withdraw
	// keys, make endpoints fail and mint bad tokens. Whoever reaches the server can
	// use it.
	Controls bool

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

// Rotation is a schedule of new signing keys.
type Rotation struct {
	// Every is the age at which a pool's keys are replaced, at the first use after
	// it. 0 means never.
	Every time.Duration
	// Overlap is how long replaced keys stay in the key set. A day breaks no token.
	Overlap time.Duration
}

// Message is what a user pool would send to a user.
type Message struct {
	PoolID   string
	ClientID string // "" where an administrator is the reason
	Username string
	// Medium is "EMAIL" or "SMS", Destination the address or number.
	Medium      string
	Destination string
	// Purpose says what the code is for, such as "confirm sign-up".
	Purpose string
	// Code is the code, or the temporary password. Convert it to a string to use it:
	// printed as it is, it hides itself.
	Code Secret
}

// Pool is one user pool.
type Pool struct {
	// ID is "<region>_<letters and digits>", such as "us-east-1_Local0001".
	ID string
	// Name is for people. Empty means the ID.
	Name string
	// Clients are the app clients. Their IDs are unique across all pools of a
	// server, as the OAuth endpoints find the pool by its client.
	Clients []Client
	// Users can sign in from the start. Names are compared without case.
	Users []User
	// ResourceServers define the custom scopes that clients may have.
	ResourceServers []ResourceServer
	// Groups are groups that need more than a name. Those that users are in exist
	// anyway.
	Groups []Group
	// Providers are simulated external identity providers: a page of the server
	// plays their part.
	Providers []Provider

	// PasswordPolicy is what new passwords must have. The zero value is Cognito's
	// default: 8 characters, with upper and lower case, a digit and a symbol.
	PasswordPolicy PasswordPolicy
	// UsernameAttributes, of "email" and "phone_number", are what people sign up and
	// in with instead of a user name; the user name is then the sub.
	UsernameAttributes []string
	// AliasAttributes, of "email", "phone_number" and "preferred_username", are
	// further names to sign in with, once verified.
	AliasAttributes []string
	// AutoVerifiedAttributes, of "email" and "phone_number", are verified by the
	// code that confirms a sign-up.
	AutoVerifiedAttributes []string
	// CaseSensitive makes user names differ by case alone.
	CaseSensitive bool
	// MFA is "OFF", "OPTIONAL" or "ON"; empty means OFF. The second factor is an
	// authenticator app.
	MFA string
	// AdminCreateUserOnly refuses signing up.
	AdminCreateUserOnly bool
	// Domain is the pool's domain or its prefix, for clients that ask the API for
	// it. The endpoints answer under every name.
	Domain string
}

// PasswordPolicy is what a password must have.
type PasswordPolicy struct {
	// MinimumLength is 6 to 99 characters. 0 means 8.
	MinimumLength int
	// The classes that a password need not have.
	NoUppercase, NoLowercase, NoNumbers, NoSymbols bool
	// TemporaryDays is the life of a password that an administrator set, 1 to 365
	// days. 0 means 7.
	TemporaryDays int
}

// Group is a group of users.
type Group struct {
	// Name has 1 to 128 characters and no white space.
	Name string
	// Description is for people.
	Description string
	// RoleARN is an IAM role: it appears in ID tokens as `cognito:roles`.
	RoleARN string
	// Precedence decides `cognito:preferred_role`: the lowest wins. Nil is last.
	Precedence *int
	// Claims are added to the tokens of the group's members.
	Claims ExtraClaims
}

// Provider is a simulated external identity provider.
type Provider struct {
	// Name is the identity_provider of authorization requests, such as "Google".
	Name string
	// Type is the providerType in `identities`: "SAML", "OIDC", "Google",
	// "Facebook", "LoginWithAmazon" or "SignInWithApple".
	Type string
	// Issuer is the issuer in `identities`. Empty means null, as for Google.
	Issuer string
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
	// Password has 1 to 256 characters. The server keeps an SRP verifier of it
	// only.
	Password Secret
	// Temporary makes the user choose a new password at the first sign-in
	// (FORCE_CHANGE_PASSWORD).
	Temporary bool
	// Disabled users cannot sign in.
	Disabled bool
	// TOTPSecret, in base32, is that of an authenticator app which the user must
	// read a code from at each sign-in. Empty means none.
	TOTPSecret Secret
	// Sub is the immutable identifier in tokens. Empty means a UUID derived from
	// pool and user name, so that it is the same in every run.
	Sub string
	// Groups appear in tokens as `cognito:groups`, in this order.
	Groups []string
	// Attributes are standard OpenID claims ("email", "email_verified", …) or
	// "custom:…". All values are strings, as in Cognito's API; in ID tokens the two
	// `…_verified` ones, which must be "true" or "false", become booleans.
	Attributes map[string]string
	// Claims are added to the user's tokens.
	Claims ExtraClaims
}
