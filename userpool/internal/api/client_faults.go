package api

import (
	"slices"
	"strings"

	"github.com/poolguard/poolguard/userpool/internal/describe"
	"github.com/poolguard/poolguard/userpool/internal/directory"
	"github.com/poolguard/poolguard/userpool/internal/store"
)

// clientException is Cognito's for a client that cannot be: the first of what is
// wrong. in is what was asked for.
func clientException(tx store.Tx, p *directory.Pool, c *directory.Client, in *describe.Client) error {
	if in.AllowedOAuthFlowsUserPoolClient && (len(in.AllowedOAuthFlows) == 0 || len(in.AllowedOAuthScopes) == 0) {
		return invalidParameter("AllowedOAuthFlows and AllowedOAuthScopes are required if user pool client is allowed to use OAuth flows.")
	}
	servers, err := directory.ResourceServers(tx, p.ID)
	if err != nil {
		return err
	}
	var scopes, names []string
	for _, s := range servers {
		scopes = append(scopes, s.ScopeNames()...)
	}
	providers, err := directory.Providers(tx, p.ID)
	if err != nil {
		return err
	}
	for _, provider := range providers {
		names = append(names, provider.Name)
	}
	if faults := c.Faults(p, scopes, names); len(faults) > 0 {
		return clientFault(faults[0], p)
	}
	return nil
}

// clientFault says of a fault what Cognito says, as others met it: in issues of
// Terraform's provider and of aws-cdk, and in aws-cdk's preflight rules.
func clientFault(f directory.Fault, p *directory.Pool) error {
	field, _, _ := strings.Cut(f.Field, "[")
	one := field != f.Field // of a list
	switch {
	case field == "Secret":
		return exception("InvalidOAuthFlowException", "client_credentials flow can not be selected if client does not have a client secret.")
	case field == "OAuthFlows":
		return exception("InvalidOAuthFlowException", "client_credentials flow can not be selected along with code flow or implicit flow.")
	case field == "CallbackURLs" && !one:
		return exception("InvalidOAuthFlowException", "CallbackUrls can not be empty when code flow or implicit flow is selected")
	case field == "Scopes" && one && slices.Contains(directory.StandardScopes(), f.Value) && !strings.Contains(f.Message, "twice"):
		return exception("InvalidOAuthFlowException", "%s is not supported with client_credentials flow", f.Value)
	case field == "Scopes" && one && !strings.Contains(f.Message, "twice"):
		return exception("ScopeDoesNotExistException", "Invalid scope requested: %s", f.Value)
	case (field == "CallbackURLs" || field == "SignOutURLs") && strings.HasPrefix(strings.ToLower(f.Value), "http://"):
		return invalidParameter("%s cannot use the HTTP protocol.", f.Value)
	case field == "DefaultRedirectURI":
		return invalidParameter("The default redirect URI %s is not in the callback URIs list.", f.Value)
	case field == "Providers":
		return invalidParameter("The provider %s does not exist for User Pool %s.", f.Value, p.ID)
	case field == "AccessValidity", field == "IDValidity", field == "RefreshValidity":
		return invalidParameter("Invalid range for token validity.")
	case field == "ReadAttributes":
		return invalidParameter("Invalid read attributes specified while creating a client")
	case field == "WriteAttributes":
		return invalidParameter("Invalid write attributes specified while creating a client")
	}
	// Words of our own, where Cognito's are unknown.
	f = f.Renamed(describe.ClientNames())
	return invalidParameter("%s: %s", f.Field, f.Message)
}
