package userpool

import "time"

// Client is an app client of a user pool.
type Client struct {
	// ID is the client_id: letters, digits, "_", "+", "-", at most 128.
	ID string
	// Name is for people. Empty means the ID.
	Name string
	// Secret makes the client confidential: the token endpoint then demands it.
	// Empty means a public client.
	Secret Secret
	// Flows are the OAuth grants that the client may use. None means none.
	Flows []Flow
	// Scopes are what the client may ask for: standard scopes (openid, email,
	// phone, profile, aws.cognito.signin.user.admin) and those of the pool's
	// resource servers. A request that names none gets all of them.
	Scopes []string
	// CallbackURLs are the redirect URIs, compared character by character. They
	// are https, http on a loopback host, or of an application's own scheme.
	CallbackURLs []string
	// SignOutURLs are where /logout may redirect to, under the same rules.
	SignOutURLs []string
	// Providers are the external identity providers, by name, with which people may
	// sign in at this client, beside their passwords.
	Providers []string

	// AuthFlows are the flows of the JSON API that the client may use, by the names
	// of ExplicitAuthFlows: ALLOW_USER_SRP_AUTH, ALLOW_USER_PASSWORD_AUTH,
	// ALLOW_ADMIN_USER_PASSWORD_AUTH, ALLOW_REFRESH_TOKEN_AUTH, ALLOW_USER_AUTH,
	// ALLOW_CUSTOM_AUTH. None means none.
	AuthFlows []string
	// RevealUnknownUsers answers unknown user names with an error of their own, as
	// Cognito does where PreventUserExistenceErrors is LEGACY.
	RevealUnknownUsers bool
	// NoRevocation is EnableTokenRevocation off: tokens carry no origin_jti, and
	// refresh tokens cannot be revoked.
	NoRevocation bool
	// ReadAttributes and WriteAttributes limit which attributes the client sees and
	// changes. Nil means all.
	ReadAttributes  []string
	WriteAttributes []string

	// AccessTokenValidity is 5 minutes to 1 day, in whole seconds and not over
	// the refresh token's. 0 means 1 hour.
	AccessTokenValidity time.Duration
	// IDTokenValidity has the bounds and the default of AccessTokenValidity.
	IDTokenValidity time.Duration
	// RefreshTokenValidity is 60 minutes to 3650 days, in whole seconds. 0 means
	// 30 days.
	RefreshTokenValidity time.Duration
	// RefreshRotation makes refresh tokens good for one use.
	RefreshRotation RefreshRotation
	// ChallengeValidity is how long a step of a sign-in may wait for its answer, 3
	// to 15 minutes (AuthSessionValidity). 0 means 3 minutes.
	ChallengeValidity time.Duration

	// Claims are added to the client's tokens.
	Claims ExtraClaims
}

// ExtraClaims are what a pre token generation trigger of the pool would add, by
// token: any JSON. Claims that such a trigger cannot change, "sub" and "exp" among
// them, are refused by [New].
type ExtraClaims struct {
	ID     map[string]any
	Access map[string]any
}

// RefreshRotation says whether a refresh returns a new refresh token. The new
// one keeps what is left of the old one's life.
type RefreshRotation struct {
	Enabled bool
	// Grace is how long a replaced token stays good, 0 to 60 seconds, for clients
	// that lost the answer.
	Grace time.Duration
}

// Flow is an OAuth grant by the name that Cognito's API gives it
// (AllowedOAuthFlows).
type Flow string

const (
	// FlowCode is the authorization code grant, with or without PKCE, and the
	// refresh tokens that come of it.
	FlowCode Flow = "code"
	// FlowImplicit hands tokens to a browser in a redirect (response_type=token).
	// OAuth 2.1 drops it; clients that cannot use codes still have it.
	FlowImplicit Flow = "implicit"
	// FlowClientCredentials is the machine grant. It needs a secret and, as in
	// Cognito, excludes the others on the same client.
	FlowClientCredentials Flow = "client_credentials"
)
