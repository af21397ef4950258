package userpool

import "time"

// Client is an app client of a user pool.
type Client struct {
	// ID is the client_id: letters, digits, "_", "+", "-", at most 128.
	ID string
	// Name is for people. Empty means the ID.
	Name string
	// Secret makes the client confidential: the token endpoint then requires it. Empty
	// means a public client.
	Secret Secret
	// Flows are the OAuth grants that the client may use. An empty list allows no grant.
	Flows []Flow
	// Scopes are the scopes that the client may request: standard scopes (openid, email,
	// phone, profile, aws.cognito.signin.user.admin) and scopes of the pool's resource
	// servers. A request without scopes gets all of them.
	Scopes []string
	// CallbackURLs are the redirect URIs, compared character by character. They have the
	// scheme https, an application's own scheme, or http with the host localhost,
	// 127.0.0.1 or [::1].
	CallbackURLs []string
	// SignOutURLs are the URLs that /logout may redirect to. The same rules apply.
	SignOutURLs []string
	// Providers are the names of the external identity providers that users of this client
	// may sign in with, beside their passwords.
	Providers []string

	// AuthFlows are the flows of the JSON API that the client may use, with the names of
	// ExplicitAuthFlows: ALLOW_USER_SRP_AUTH, ALLOW_USER_PASSWORD_AUTH,
	// ALLOW_ADMIN_USER_PASSWORD_AUTH, ALLOW_REFRESH_TOKEN_AUTH, ALLOW_USER_AUTH,
	// ALLOW_CUSTOM_AUTH. An empty list allows no flow.
	AuthFlows []string
	// RevealUnknownUsers gives unknown user names an error of their own, as Cognito does
	// if PreventUserExistenceErrors is LEGACY.
	RevealUnknownUsers bool
	// NoRevocation turns EnableTokenRevocation off: tokens have no origin_jti, and refresh
	// tokens cannot be revoked.
	NoRevocation bool
	// ReadAttributes and WriteAttributes are the attributes that the client may read and
	// change. Nil means all.
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
	// RefreshRotation makes each refresh token valid for one use.
	RefreshRotation RefreshRotation
	// ChallengeValidity is the time to answer one step of a sign-in, 3 to 15 minutes
	// (AuthSessionValidity). 0 means 3 minutes.
	ChallengeValidity time.Duration

	// Claims are added to the client's tokens.
	Claims ExtraClaims
}

// ExtraClaims are claims that a pre token generation trigger of the pool would add to ID
// tokens and access tokens. The values are any JSON. [New] rejects claims that such a
// trigger cannot change, for example "sub" and "exp".
// https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-pre-token-generation.html
type ExtraClaims struct {
	ID     map[string]any
	Access map[string]any
}

// RefreshRotation decides whether a refresh returns a new refresh token. The new token
// expires when the old one would have expired.
type RefreshRotation struct {
	Enabled bool
	// Grace is how long a replaced token stays valid, 0 to 60 seconds, for clients that
	// did not receive the answer.
	Grace time.Duration
}

// Flow is an OAuth grant, with its name in Cognito's API (AllowedOAuthFlows).
type Flow string

const (
	// FlowCode is the authorization code grant, with or without PKCE, and the refresh
	// tokens that it returns.
	FlowCode Flow = "code"
	// FlowImplicit returns tokens to a browser in a redirect (response_type=token). OAuth
	// 2.1 removes it; some clients that cannot use codes still need it.
	FlowImplicit Flow = "implicit"
	// FlowClientCredentials is the grant for machines. It needs a secret. As in Cognito, a
	// client that has it can have no other grant.
	FlowClientCredentials Flow = "client_credentials"
)
