package identity

// A source says which part of an identity a header has.
type source uint8

const (
	ofNothing source = iota
	ofSubject
	ofUsername
	ofGroups
	ofScopes
	ofClient
	ofEmail // empty unless the user pool has verified it
	ofTokenUse
	ofExpires
	ofAccessToken
	ofBalancerData
	ofBalancerIdentity
	ofBalancerAccessToken
	ofClaim
)

const (
	balancerData        = "X-Amzn-Oidc-Data"
	balancerIdentity    = "X-Amzn-Oidc-Identity"
	balancerAccessToken = "X-Amzn-Oidc-Accesstoken"
)

// balancerHeaders are those of a load balancer whose token was verified.
var balancerHeaders = []header{
	{name: balancerData, source: ofBalancerData},
	{name: balancerIdentity, source: ofBalancerIdentity},
	{name: balancerAccessToken, source: ofBalancerAccessToken},
}

// ownHeaders follow the prefix.
var ownHeaders = []header{
	{name: "Subject", source: ofSubject},
	{name: "Username", source: ofUsername},
	{name: "Groups", source: ofGroups},
	{name: "Scopes", source: ofScopes},
	{name: "Client", source: ofClient},
	{name: "Email", source: ofEmail},
	{name: "Token-Use", source: ofTokenUse},
	{name: "Expires", source: ofExpires},
}
