package userpool

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"time"
)

// Config is the configuration of a [Server]. Only PublicURL is required.
type Config struct {
	// PublicURL is the origin at which clients reach the server, such as
	// "http://127.0.0.1:9229": scheme, host and port, no path. The endpoints in the
	// discovery document start with it, and so does the issuer with IssuerLocal. With
	// https, cookies are marked Secure. The server never takes it from a request,
	// because a Host header must not choose the issuer of a signed token.
	PublicURL string

	// Pools are the user pools to serve. If there are no Pools and no Descriptions, the
	// server has [DefaultPool].
	Pools []Pool

	// Descriptions are more pools, in the form in which AWS describes them. A pool that is
	// in Pools too has the users, groups and clients of both, and the described settings.
	Descriptions *Descriptions

	// Region is that of the pools which the API makes for requests that are not signed for
	// one, such as eu-west-1. Empty means us-east-1.
	Region string

	// IssuerForm selects the `iss` claim of tokens. Empty means IssuerLocal.
	IssuerForm IssuerForm

	// Clock returns the time for lifetimes and for claims. Nil means time.Now. It must be
	// safe for concurrent use. [Server.SetClockOffset] adds an offset to it.
	Clock func() time.Time

	// Rand is the source of codes, identifiers, nonces and salts. Nil means
	// crypto/rand.Reader. The server calls it under a lock. It must never fail: an error
	// makes the server panic, as crypto/rand.Read does, because no later value could be
	// trusted. Signing keys always come from crypto/rand and never from here.
	Rand io.Reader

	// Rotation replaces signing keys on a schedule. The zero value never replaces them;
	// [Server.RotateKeys] replaces them on demand.
	Rotation Rotation

	// Storage keeps all records after the process ends: see [OpenStorage]. Nil means that
	// they are in memory only. The server writes a record of Pools and Descriptions into it
	// once, and again only after the configuration of that record changes. Until then
	// changes and deletions by the API stay. The password of a user, the authenticator app
	// and the rest of the user are three records. Records that Pools no longer have stay.
	Storage *Storage

	// Deliver receives the codes and temporary passwords that Cognito sends by e-mail or
	// text message. It must be safe for concurrent use and return quickly, because the
	// request waits for it. Nil drops them.
	Deliver func(context.Context, Message)

	// Inspector serves /inspect, if it is not nil: a page that explains tokens. The pool
	// itself has no code that verifies tokens for an application.
	Inspector http.Handler

	// Controls serves /_local/. Tests use it to move the clock, rotate and withdraw keys,
	// make endpoints fail and mint bad tokens. Every client that reaches the server can
	// use it, under a loopback host or the host of PublicURL.
	Controls bool

	// Logger receives sign-ins, issued tokens, and refused requests with the reason. The
	// server never logs tokens, codes and passwords. Nil means no log.
	Logger *slog.Logger
}

// IssuerForm is a form of a pool's issuer. The values are also those of the command's
// --issuer flag.
type IssuerForm string

const (
	// IssuerLocal is "<PublicURL>/<poolId>". A client that knows the issuer finds the
	// discovery document.
	IssuerLocal IssuerForm = "local"
	// IssuerOriginal is "https://cognito-idp.<region>.amazonaws.com/<poolId>", for clients
	// that accept AWS's issuers only. They must fetch the keys from this server instead.
	IssuerOriginal IssuerForm = "original"
	// IssuerUpdated is "https://issuer-cognito-idp.<region>.amazonaws.com/<poolId>",
	// the form that AWS recommends since 2026.
	IssuerUpdated IssuerForm = "updated"
)

// Issuer returns the issuer of a pool in this form. publicURL is [Config.PublicURL]. Only
// IssuerLocal uses it. The pool need not exist.
func (f IssuerForm) Issuer(publicURL, poolID string) string {
	region, _, _ := strings.Cut(poolID, "_")
	switch f {
	case IssuerOriginal:
		return "https://cognito-idp." + region + ".amazonaws.com/" + poolID
	case IssuerUpdated:
		return "https://issuer-cognito-idp." + region + ".amazonaws.com/" + poolID
	default:
		return publicURL + "/" + poolID
	}
}

// Rotation is a schedule of new signing keys.
type Rotation struct {
	// Every is the age at which a pool's keys are replaced. The first use after that age
	// replaces them. 0 means never.
	Every time.Duration
	// Overlap is how long replaced keys stay in the key set. A token lives one day at
	// most, so an overlap of one day keeps every token valid.
	Overlap time.Duration
}

// Message is what a user pool would send to a user.
type Message struct {
	PoolID   string
	ClientID string // "" if an administrator caused the message
	Username string
	// Medium is "EMAIL" or "SMS", Destination the address or number.
	Medium      string
	Destination string
	// Purpose is the purpose of the code: "confirm sign-up", "reset password",
	// "verify attribute" or "temporary password".
	Purpose string
	// Code is the code, or the temporary password. Convert it to a string to use it: a
	// [Secret] prints as "[redacted]".
	Code Secret
}

// Pool is one user pool.
type Pool struct {
	// ID is "<region>_<letters and digits>", such as "us-east-1_Local0001".
	ID string
	// Name is for people. Empty means the ID.
	Name string
	// Clients are the app clients. Their IDs are unique on a server, because the OAuth
	// endpoints find the pool by the client.
	Clients []Client
	// Users exist from the start. Their names are compared without case, unless
	// CaseSensitive is set.
	Users []User
	// ResourceServers define the custom scopes that clients may have.
	ResourceServers []ResourceServer
	// Groups are the groups that have more than a name. Other groups exist because a user
	// is in them.
	Groups []Group
	// Providers are simulated external identity providers. A page of the server takes the
	// place of the provider's sign-in page.
	Providers []Provider

	// PasswordPolicy is for new passwords. The zero value is Cognito's default: at least 8
	// characters, with upper and lower case, a digit and a symbol.
	PasswordPolicy PasswordPolicy
	// UsernameAttributes are "email", "phone_number" or both. Users sign up and sign in
	// with them instead of a user name; the user name is then the sub.
	UsernameAttributes []string
	// AliasAttributes are some of "email", "phone_number" and "preferred_username". Users
	// can sign in with them too, after the attribute is verified.
	AliasAttributes []string
	// AutoVerifiedAttributes are "email", "phone_number" or both. The code that confirms a
	// sign-up also verifies them.
	AutoVerifiedAttributes []string
	// CaseSensitive makes "Anaya" and "anaya" two user names.
	CaseSensitive bool
	// MFA is "OFF", "OPTIONAL" or "ON"; empty means OFF. The second factor is an
	// authenticator app.
	MFA string
	// AdminCreateUserOnly rejects sign-ups: only an administrator creates users.
	AdminCreateUserOnly bool
	// Domain is the pool's domain, or its prefix, as the API returns it. The endpoints do
	// not depend on it.
	Domain string
}

// PasswordPolicy has the rules for new passwords.
type PasswordPolicy struct {
	// MinimumLength is 6 to 99 characters. 0 means 8.
	MinimumLength int
	// The classes of characters that are not required.
	NoUppercase, NoLowercase, NoNumbers, NoSymbols bool
	// TemporaryDays is the validity of a password that an administrator sets, 1 to 365
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
	// Precedence decides `cognito:preferred_role`: the group with the lowest number wins.
	// Nil is last.
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

// User is a user who can sign in with a password.
type User struct {
	// Username has 1 to 128 characters and no white space.
	Username string
	// Password has 1 to 256 characters. The server stores only its SRP verifier.
	Password Secret
	// Temporary requires a new password at the first sign-in (FORCE_CHANGE_PASSWORD).
	Temporary bool
	// Disabled users cannot sign in.
	Disabled bool
	// TOTPSecret is the secret of an authenticator app, in base32. Each sign-in then needs
	// a code of the app. Empty means no app.
	TOTPSecret Secret
	// Sub is the immutable identifier in tokens. Empty means a UUID that is derived from
	// the pool and the user name: it is the same in every run.
	Sub string
	// Groups appear in tokens as `cognito:groups`, in this order.
	Groups []string
	// Attributes are standard OpenID claims ("email", "email_verified", …) or "custom:…".
	// All values are strings, as in Cognito's API. "email_verified" and
	// "phone_number_verified" must be "true" or "false"; ID tokens have them as booleans.
	Attributes map[string]string
	// Claims are added to the user's tokens.
	Claims ExtraClaims
}
