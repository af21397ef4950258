package describe

import (
	"cmp"
	"encoding/json"
	"maps"
	"math"
	"slices"
	"time"

	strict "github.com/go-json-experiment/json"

	"github.com/poolguard/poolguard/userpool/internal/directory"
)

// Client is an app client (UserPoolClientType). Requests that make and change
// clients have the same members, and say by leaving one out that it shall have its
// default.
type Client struct {
	PoolID     string           `json:"UserPoolId,omitempty"`
	Name       string           `json:"ClientName,omitempty"`
	ID         string           `json:"ClientId,omitempty"`
	Secret     directory.Secret `json:"ClientSecret,omitempty"`
	ModifiedAt *Time            `json:"LastModifiedDate,omitempty"`
	CreatedAt  *Time            `json:"CreationDate,omitempty"`

	RefreshTokenValidity *int       `json:",omitempty"`
	AccessTokenValidity  *int       `json:",omitempty"`
	IDTokenValidity      *int       `json:"IdTokenValidity,omitempty"`
	TokenValidityUnits   *TimeUnits `json:",omitempty"`

	ReadAttributes             []string `json:",omitempty"`
	WriteAttributes            []string `json:",omitempty"`
	ExplicitAuthFlows          []string `json:",omitempty"`
	SupportedIdentityProviders []string `json:",omitempty"`
	CallbackURLs               []string `json:",omitempty"`
	LogoutURLs                 []string `json:",omitempty"`
	DefaultRedirectURI         string   `json:",omitempty"`
	AllowedOAuthFlows          []string `json:",omitempty"`
	AllowedOAuthScopes         []string `json:",omitempty"`
	// AllowedOAuthFlowsUserPoolClient false switches the OAuth endpoints off for the
	// client, whatever AllowedOAuthFlows says.
	AllowedOAuthFlowsUserPoolClient bool
	PreventUserExistenceErrors      string                `json:",omitempty"`
	EnableTokenRevocation           *bool                 `json:",omitempty"`
	AuthSessionValidity             *int                  `json:",omitempty"` // minutes
	RefreshTokenRotation            *RefreshTokenRotation `json:",omitempty"`

	// Others are the members that change nothing here.
	Others map[string]json.RawMessage `json:"-"`
}

// TimeUnits are what validities are counted in (TokenValidityUnitsType): seconds,
// minutes, hours or days. "" is days for refresh tokens, hours for others.
type TimeUnits struct {
	AccessToken  string `json:",omitempty"`
	IDToken      string `json:"IdToken,omitempty"`
	RefreshToken string `json:",omitempty"`
}

// RefreshTokenRotation is RefreshTokenRotationType.
type RefreshTokenRotation struct {
	Feature                 string // ENABLED or DISABLED
	RetryGracePeriodSeconds *int   `json:",omitempty"`
}

type plainClient Client

var clientNames = named[plainClient]()

// UnmarshalJSON keeps unknown members in Others.
func (c *Client) UnmarshalJSON(b []byte) error {
	if err := strict.Unmarshal(b, (*plainClient)(c)); err != nil {
		return err
	}
	var err error
	c.Others, err = others(b, clientNames)
	return err
}

// MarshalJSON writes the members of Others too.
func (c Client) MarshalJSON() ([]byte, error) { return join(plainClient(c), c.Others) }

const (
	enabled  = "ENABLED"
	disabled = "DISABLED"
	legacy   = "LEGACY"
)

// units are those of TimeUnitsType.
var units = map[string]time.Duration{
	"seconds": time.Second, "minutes": time.Minute, "hours": time.Hour, "days": 24 * time.Hour,
}

// Units lists what TimeUnits may say.
func Units() []string { return []string{"seconds", "minutes", "hours", "days"} }

// lifetime is n units, or otherwise where n is nil or 0, or the unit unknown.
func lifetime(n *int, unit, ofDefault string, otherwise time.Duration) time.Duration {
	if n == nil || *n == 0 {
		return otherwise
	}
	length := units[cmp.Or(unit, ofDefault)]
	if length == 0 {
		return otherwise
	}
	if *n < 0 || *n > int(math.MaxInt64/length) {
		return math.MaxInt64 // out of every range, as it should be
	}
	return time.Duration(*n) * length
}

// defaultAuthFlows are those of a client for which nothing was said.
// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateUserPoolClient.html
var defaultAuthFlows = []string{"ALLOW_CUSTOM_AUTH", "ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_SRP_AUTH"}

// Record returns the client as a record, with defaults for what is not there. What
// the record may not have, its Faults tell.
func (c *Client) Record() directory.Client {
	given := cmp.Or(c.TokenValidityUnits, &TimeUnits{})
	d := directory.Client{
		ID: c.ID, PoolID: c.PoolID, Name: c.Name, Secret: c.Secret,
		Scopes: c.AllowedOAuthScopes, CallbackURLs: c.CallbackURLs, SignOutURLs: c.LogoutURLs,
		DefaultRedirectURI: c.DefaultRedirectURI, Providers: c.SupportedIdentityProviders,
		AuthFlows:        c.ExplicitAuthFlows,
		HideUnknownUsers: c.PreventUserExistenceErrors == enabled,
		NoRevocation:     c.EnableTokenRevocation != nil && !*c.EnableTokenRevocation,
		AccessValidity:   lifetime(c.AccessTokenValidity, given.AccessToken, "hours", directory.DefaultTokenValidity),
		IDValidity:       lifetime(c.IDTokenValidity, given.IDToken, "hours", directory.DefaultTokenValidity),
		RefreshValidity:  lifetime(c.RefreshTokenValidity, given.RefreshToken, "days", directory.DefaultRefreshValidity),
		ChallengeValidity: lifetime(c.AuthSessionValidity, "", "minutes",
			directory.DefaultChallengeValidity),
		ReadAttributes: c.ReadAttributes, WriteAttributes: c.WriteAttributes,
		Settings: c.settings(),
	}
	if c.CreatedAt != nil {
		d.CreatedAt = c.CreatedAt.Time
	}
	if c.ModifiedAt != nil {
		d.ModifiedAt = c.ModifiedAt.Time
	}
	if c.AllowedOAuthFlowsUserPoolClient {
		d.OAuthFlows = c.AllowedOAuthFlows
	}
	if r := c.RefreshTokenRotation; r != nil {
		d.Rotation = r.Feature == enabled
		if r.RetryGracePeriodSeconds != nil && d.Rotation {
			d.RotationGrace = time.Duration(*r.RetryGracePeriodSeconds) * time.Second
		}
	}
	// A guess: an empty list is none, rather than nothing to read or write.
	if len(d.ReadAttributes) == 0 {
		d.ReadAttributes = nil
	}
	if len(d.WriteAttributes) == 0 {
		d.WriteAttributes = nil
	}
	if len(d.AuthFlows) == 0 {
		d.AuthFlows = slices.Clone(defaultAuthFlows)
		if d.Rotation {
			// A guess: it is the only default that rotation does not allow.
			d.AuthFlows = slices.DeleteFunc(d.AuthFlows, func(s string) bool { return s == "ALLOW_REFRESH_TOKEN_AUTH" })
		}
	}
	return d
}

// settings are the members that the record has no field for, or has in another form
// than they were given in.
func (c *Client) settings() map[string]json.RawMessage {
	s := maps.Clone(c.Others)
	if s == nil {
		s = map[string]json.RawMessage{}
	}
	for name, given := range map[string]*int{
		"AccessTokenValidity": c.AccessTokenValidity, "IdTokenValidity": c.IDTokenValidity, "RefreshTokenValidity": c.RefreshTokenValidity,
	} {
		if given != nil && *given != 0 {
			set(s, name, given)
		}
	}
	if c.TokenValidityUnits != nil {
		set(s, "TokenValidityUnits", c.TokenValidityUnits)
	}
	if !c.AllowedOAuthFlowsUserPoolClient && len(c.AllowedOAuthFlows) > 0 {
		set(s, "AllowedOAuthFlows", c.AllowedOAuthFlows)
	}
	if c.PreventUserExistenceErrors == legacy {
		set(s, "PreventUserExistenceErrors", legacy)
	}
	if c.RefreshTokenRotation != nil {
		set(s, "RefreshTokenRotation", c.RefreshTokenRotation)
	}
	if len(s) == 0 {
		return nil
	}
	return s
}
