package identity

// A Preset is a set of further headers, with the names that another product uses.
type Preset string

// The presets.
const (
	// PresetNone has no further headers.
	PresetNone Preset = ""
	// PresetOAuth2Proxy has the headers of oauth2-proxy: X-Auth-Request-User, -Email,
	// -Groups, -Preferred-Username and -Access-Token, and the same after X-Forwarded-. The
	// access token is there where the rule passes it on.
	PresetOAuth2Proxy Preset = "oauth2-proxy"
	// PresetALB has two headers of an Application Load Balancer: x-amzn-oidc-identity and,
	// where the rule passes it on, x-amzn-oidc-accesstoken. The third, x-amzn-oidc-data, is a
	// token that only a load balancer can sign. It is always empty.
	PresetALB Preset = "alb"
)

// Presets returns the names of the presets that a configuration may have.
func Presets() []Preset { return []Preset{PresetOAuth2Proxy, PresetALB} }

var presetHeaders = map[Preset][]header{
	PresetOAuth2Proxy: {
		{name: "X-Auth-Request-User", source: ofSubject},
		{name: "X-Auth-Request-Email", source: ofEmail},
		{name: "X-Auth-Request-Groups", source: ofGroups},
		{name: "X-Auth-Request-Preferred-Username", source: ofUsername},
		{name: "X-Auth-Request-Access-Token", source: ofAccessToken},
		{name: "X-Forwarded-User", source: ofSubject},
		{name: "X-Forwarded-Email", source: ofEmail},
		{name: "X-Forwarded-Groups", source: ofGroups},
		{name: "X-Forwarded-Preferred-Username", source: ofUsername},
		{name: "X-Forwarded-Access-Token", source: ofAccessToken},
	},
	PresetALB: {
		{name: balancerIdentity, source: ofSubject},
		{name: balancerAccessToken, source: ofAccessToken},
		{name: balancerData, source: ofNothing},
	},
}
