package lambdaauth

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/internal/configerror"
)

// A subject is a token of either kind, with the methods that both have.
type subject interface {
	cognito.Token
	Subject() string
	ClientID() string
	Username() string
	UserPoolID() string
	ExpiresAt() time.Time
	AuthTime() time.Time
	Groups() cognito.Set
	TokenID() string
	OriginTokenID() string
	Claim(name string) (json.RawMessage, bool)
	Claims(dst any) error
}

// contextNames are the names that a context has without Config.Claims.
var contextNames = []string{
	"token_use", "sub", "username", "client_id", "user_pool_id", "scope", "groups",
	"expires_at", "auth_time", "jti", "origin_jti", "email", "email_verified",
}

// reserved are the names that API Gateway puts into the context itself.
var reserved = []string{"principalId", "integrationLatency", "usageIdentifierKey", "policy"}

func (c *Config) checkContext(faults configerror.Faults) {
	if c.ContextPrefix != "" && !isName(c.ContextPrefix) {
		faults.Add("ContextPrefix", "%q has characters other than letters, digits and underscores, or begins with a digit", c.ContextPrefix)
	}
	for name, claim := range c.Claims {
		switch {
		case !isName(name):
			faults.Add("Claims", "has the name %q with characters other than letters, digits and underscores, or a digit first", name)
		case slices.Contains(contextNames, name):
			faults.Add("Claims", "has the name %q, which the context already has; choose another name", name)
		case slices.Contains(reserved, c.ContextPrefix+name):
			faults.Add("Claims", "has the name %q, which API Gateway reserves; choose another name", name)
		case claim == "":
			faults.Add("Claims", "has an empty claim for the name %q", name)
		}
	}
}

// contextOf returns the context for the integration: strings, numbers and booleans, since
// API Gateway passes on nothing else.
func (a *Authorizer) contextOf(token subject) map[string]any {
	context := map[string]any{}
	put := func(name, value string) {
		if value != "" {
			context[a.config.ContextPrefix+name] = encodeText(value)
		}
	}
	put("sub", token.Subject())
	put("username", token.Username())
	put("client_id", token.ClientID())
	put("user_pool_id", token.UserPoolID())
	put("jti", token.TokenID())
	put("origin_jti", token.OriginTokenID())
	if !a.config.OmitGroups {
		context[a.config.ContextPrefix+"groups"] = encodeList(token.Groups().Slice())
	}
	switch t := token.(type) {
	case *cognito.AccessToken:
		put("token_use", string(cognito.TokenUseAccess))
		put("scope", t.Scopes().String()) // no scope has a space
	case *cognito.IDToken:
		put("token_use", string(cognito.TokenUseID))
		put("email", t.Email())
		if t.Email() != "" {
			context[a.config.ContextPrefix+"email_verified"] = t.EmailVerified()
		}
	}
	context[a.config.ContextPrefix+"expires_at"] = token.ExpiresAt().Unix()
	if at := token.AuthTime(); !at.IsZero() {
		context[a.config.ContextPrefix+"auth_time"] = at.Unix()
	}
	a.putClaims(context, token)
	return context
}

// putClaims adds the configured claims. A null is left out. Each claim is read by itself,
// so a claim that cannot be read does not affect the others.
func (a *Authorizer) putClaims(context map[string]any, token subject) {
	for name, claim := range a.config.Claims {
		if raw, ok := token.Claim(claim); ok && string(raw) != "null" {
			context[a.config.ContextPrefix+name] = flat(raw)
		}
	}
}

// flat returns a JSON value as a string, number or boolean.
func flat(raw json.RawMessage) any {
	text := string(raw)
	switch {
	case text == "true", text == "false":
		return text == "true"
	case strings.HasPrefix(text, `"`):
		var s string
		if json.Unmarshal(raw, &s) == nil { //nolint:forbidigo // one string of a token that was read strictly: it has no names
			return encodeText(s)
		}
	case strings.HasPrefix(text, `[`):
		var list []string
		// A null would become an empty element.
		if json.Unmarshal(raw, &list) == nil && !slices.Contains(list, "") { //nolint:forbidigo // strings of a token that was read strictly: they have no names
			return encodeList(list)
		}
	case text != "" && (text[0] == '-' || isDigit(text[0])):
		if _, err := strconv.ParseFloat(text, 64); err == nil {
			return json.Number(text) // as it is spelled, whatever its size
		}
		// Beyond what readers of JSON can hold.
	}
	return encodeText(text)
}
