package directory

import (
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"slices"
	"time"

	"github.com/poolguard/poolguard/userpool/internal/store"
)

// Client is an app client (UserPoolClientType).
type Client struct {
	ID         string
	PoolID     string
	Name       string
	CreatedAt  time.Time
	ModifiedAt time.Time

	Secret Secret // "" for a public client

	// OAuthFlows are "code", "implicit" and "client_credentials"
	// (AllowedOAuthFlows). None means that the OAuth endpoints refuse the client.
	OAuthFlows []string
	// Scopes are what the client may ask for (AllowedOAuthScopes).
	Scopes       []string
	CallbackURLs []string
	SignOutURLs  []string // LogoutURLs
	// DefaultRedirectURI is one of CallbackURLs, or "".
	DefaultRedirectURI string
	// Providers are SupportedIdentityProviders: "COGNITO" and names of [Provider].
	// None means COGNITO.
	Providers []string

	// AuthFlows are ExplicitAuthFlows: "ALLOW_USER_SRP_AUTH" and so on.
	AuthFlows []string
	// HideUnknownUsers is PreventUserExistenceErrors ENABLED.
	HideUnknownUsers bool
	// NoRevocation is EnableTokenRevocation false: tokens have no origin_jti and
	// refresh tokens cannot be revoked.
	NoRevocation bool

	AccessValidity  time.Duration
	IDValidity      time.Duration
	RefreshValidity time.Duration
	// ChallengeValidity is AuthSessionValidity: how long a challenge may be answered.
	ChallengeValidity time.Duration
	Rotation          bool
	RotationGrace     time.Duration

	// ReadAttributes and WriteAttributes are the attributes of users that the client may
	// read and change. Nil means all.
	ReadAttributes  []string
	WriteAttributes []string

	// Claims are added to the client's tokens, machine tokens too.
	Claims Claims
	// Settings are the other settings that API calls set. The API returns them unchanged.
	Settings map[string]json.RawMessage `json:",omitempty"`
}

// The OAuth flows of a client.
const (
	FlowCode              = "code"
	FlowImplicit          = "implicit"
	FlowClientCredentials = "client_credentials"
)

// AllowsOAuth reports whether the client may use an OAuth flow.
func (c *Client) AllowsOAuth(flow string) bool { return slices.Contains(c.OAuthFlows, flow) }

// AllowsAuth reports whether the client may use a flow of the API, such as
// "USER_SRP_AUTH", under its name of today or of before 2019. The names of before 2019 add
// flows to SRP and refresh, which such a client always has. Rotating clients have another action
// for the refresh.
func (c *Client) AllowsAuth(flow string) bool {
	if flow == "USER_SRP_AUTH" || flow == "REFRESH_TOKEN_AUTH" && !c.Rotation {
		old := func(name string) bool { return slices.Contains(legacyAuthFlows, name) }
		if slices.ContainsFunc(c.AuthFlows, old) {
			return true
		}
	}
	legacy := map[string]string{
		"ADMIN_USER_PASSWORD_AUTH": "ADMIN_NO_SRP_AUTH", "CUSTOM_AUTH": "CUSTOM_AUTH_FLOW_ONLY", "USER_PASSWORD_AUTH": "USER_PASSWORD_AUTH",
	}[flow]
	return slices.Contains(c.AuthFlows, "ALLOW_"+flow) || legacy != "" && slices.Contains(c.AuthFlows, legacy)
}

// Secret is a client secret in a record. It is stored as it is, since requests
// are checked against it, and shows itself in no log and no message.
type Secret string

// Format writes "[redacted]" under every verb.
func (Secret) Format(f fmt.State, _ rune) {
	// A Formatter cannot report an error.
	_, _ = io.WriteString(f, "[redacted]")
}

// LogValue returns "[redacted]".
func (Secret) LogValue() slog.Value { return slog.StringValue("[redacted]") }

var (
	clients      = table[Client]{"clients"}
	poolsClients = table[string]{"clients_of_pools"} // (pool ID, client ID) to client ID
)

// PutClient adds or replaces a client.
func PutClient(tx store.Tx, c Client) error {
	if err := poolsClients.put(tx, join(c.PoolID, c.ID), c.ID); err != nil {
		return err
	}
	return clients.put(tx, c.ID, c)
}

// GetClient returns the client of that ID, of whatever pool, or
// store.ErrNotFound. IDs are unique on a server.
func GetClient(tx store.Tx, id string) (Client, error) { return clients.get(tx, id) }

// Clients yields a pool's clients in the order of their IDs, after the ID after.
func Clients(tx store.Tx, poolID, after string) iter.Seq2[Client, error] {
	return func(yield func(Client, error) bool) {
		ids := []string{}
		for id, err := range poolsClients.scan(tx, join(poolID, ""), keyAfter(poolID, after)) {
			if err != nil {
				yield(Client{}, err)
				return
			}
			ids = append(ids, id) // the caller may change what it gets
		}
		for _, id := range ids {
			if c, err := clients.get(tx, id); !yield(c, err) || err != nil {
				return
			}
		}
	}
}

// DeleteClient deletes a client. Its sign-ins end with it, as they name it.
func DeleteClient(tx store.Tx, c Client) error {
	if err := poolsClients.delete(tx, join(c.PoolID, c.ID)); err != nil {
		return err
	}
	return clients.delete(tx, c.ID)
}
