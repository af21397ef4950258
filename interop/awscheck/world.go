package awscheck

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	idp "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"
)

// A Service is Amazon Cognito in one Region, or a local user pool server.
type Service struct {
	// Name stands in the report.
	Name string
	// Region is that of new user pools.
	Region string
	// API is a client of the JSON API, with credentials that may create user pools.
	API *idp.Client
	// HTTP is for the pages and the OAuth endpoints.
	HTTP *http.Client
	// LocalURL is the address of a local user pool server. It is empty for AWS.
	LocalURL string
}

const (
	callbackURL = "http://localhost:3000/callback"
	apiURL      = "orders"
	password    = "Passw0rd!-check"
	other       = "An0ther!-check"
	group       = "check,[one]"
)

// A world is what the questions use at one service.
type world struct {
	Service
	pool      string
	base      string // of the OAuth endpoints, no slash at the end
	web       string // public app client
	server    string // app client with a secret
	secret    string
	machine   string // app client for the client credentials grant
	machineIs string // its secret
	rotating  string // app client with refresh token rotation
	users     int
}

// cleanupTimeout limits the deletion of the user pool, which also runs after a cancellation.
const cleanupTimeout = time.Minute

// newWorld creates the user pool and all that the questions need. After an error it has deleted
// what it created.
func newWorld(ctx context.Context, service Service) (*world, error) {
	w := &world{Service: service}
	if err := w.create(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", service.Name, err), w.delete(ctx))
	}
	return w, nil
}

func (w *world) create(ctx context.Context) error {
	name := "poolguard-check-" + strings.ToLower(rand.Text()[:10])
	created, err := w.API.CreateUserPool(ctx, &idp.CreateUserPoolInput{
		PoolName:         aws.String(name),
		MfaConfiguration: types.UserPoolMfaTypeOff,
		Schema: []types.SchemaAttributeType{
			{Name: aws.String("size"), AttributeDataType: types.AttributeDataTypeNumber, Mutable: aws.Bool(true)},
			{Name: aws.String("since"), AttributeDataType: types.AttributeDataTypeDatetime, Mutable: aws.Bool(true)},
			{Name: aws.String("fixed"), AttributeDataType: types.AttributeDataTypeString, Mutable: aws.Bool(false)},
		},
		Policies: &types.UserPoolPolicyType{PasswordPolicy: &types.PasswordPolicyType{
			MinimumLength: aws.Int32(8), RequireLowercase: true, RequireUppercase: true, RequireNumbers: true, RequireSymbols: true,
			PasswordHistorySize: aws.Int32(2),
		}},
	})
	if err != nil {
		return fmt.Errorf("create the user pool: %w", err)
	}
	w.pool = aws.ToString(created.UserPool.Id)
	if _, err := w.API.SetUserPoolMfaConfig(ctx, &idp.SetUserPoolMfaConfigInput{
		UserPoolId: &w.pool, MfaConfiguration: types.UserPoolMfaTypeOptional,
		SoftwareTokenMfaConfiguration: &types.SoftwareTokenMfaConfigType{Enabled: true},
	}); err != nil {
		return fmt.Errorf("allow authenticator apps: %w", err)
	}
	if _, err := w.API.CreateResourceServer(ctx, &idp.CreateResourceServerInput{
		UserPoolId: &w.pool, Identifier: aws.String(apiURL), Name: aws.String("Orders"),
		Scopes: []types.ResourceServerScopeType{{ScopeName: aws.String("read"), ScopeDescription: aws.String("read orders")}},
	}); err != nil {
		return fmt.Errorf("create the resource server: %w", err)
	}
	if _, err := w.API.CreateGroup(ctx, &idp.CreateGroupInput{UserPoolId: &w.pool, GroupName: aws.String("staff")}); err != nil {
		return fmt.Errorf("create the group: %w", err)
	}
	if err := w.createClients(ctx); err != nil {
		return err
	}
	return w.createDomain(ctx, name)
}

func (w *world) createClients(ctx context.Context) error {
	passwordFlows := []types.ExplicitAuthFlowsType{types.ExplicitAuthFlowsTypeAllowUserPasswordAuth, types.ExplicitAuthFlowsTypeAllowUserSrpAuth, types.ExplicitAuthFlowsTypeAllowUserAuth}
	withRefresh := append([]types.ExplicitAuthFlowsType{types.ExplicitAuthFlowsTypeAllowRefreshTokenAuth}, passwordFlows...)
	for _, c := range []struct {
		name       string
		secret     bool
		flow       types.OAuthFlowType
		scopes     []string
		auth       []types.ExplicitAuthFlowsType
		rotation   *types.RefreshTokenRotationType
		id, hidden *string
	}{
		{"web", false, types.OAuthFlowTypeCode, userScopes, withRefresh, nil, &w.web, nil},
		{"server", true, types.OAuthFlowTypeCode, userScopes, withRefresh, nil, &w.server, &w.secret},
		{"machine", true, types.OAuthFlowTypeClientCredentials, []string{apiURL + "/read"}, nil, nil, &w.machine, &w.machineIs},
		{
			"rotating", false, types.OAuthFlowTypeCode, userScopes, passwordFlows,
			&types.RefreshTokenRotationType{Feature: types.FeatureTypeEnabled, RetryGracePeriodSeconds: aws.Int32(0)}, &w.rotating, nil,
		},
	} {
		in := &idp.CreateUserPoolClientInput{
			UserPoolId: &w.pool, ClientName: &c.name, GenerateSecret: c.secret, ExplicitAuthFlows: c.auth, RefreshTokenRotation: c.rotation,
			AllowedOAuthFlowsUserPoolClient: true, AllowedOAuthFlows: []types.OAuthFlowType{c.flow}, AllowedOAuthScopes: c.scopes,
			SupportedIdentityProviders: []string{"COGNITO"},
		}
		if c.flow == types.OAuthFlowTypeCode {
			in.CallbackURLs = []string{callbackURL, callbackURL + "/second"}
		}
		out, err := w.API.CreateUserPoolClient(ctx, in)
		if err != nil {
			return fmt.Errorf("create the app client %s: %w", c.name, err)
		}
		*c.id = aws.ToString(out.UserPoolClient.ClientId)
		if c.hidden != nil {
			*c.hidden = aws.ToString(out.UserPoolClient.ClientSecret)
		}
	}
	return nil
}

var userScopes = []string{"openid", "email", "profile", "aws.cognito.signin.user.admin", apiURL + "/read"}

func (w *world) createDomain(ctx context.Context, prefix string) error {
	if _, err := w.API.CreateUserPoolDomain(ctx, &idp.CreateUserPoolDomainInput{UserPoolId: &w.pool, Domain: &prefix}); err != nil {
		return fmt.Errorf("create the domain: %w", err)
	}
	if w.LocalURL != "" {
		w.base = strings.TrimSuffix(w.LocalURL, "/")
		return nil
	}
	host := "auth"
	if strings.HasPrefix(w.Region, "us-gov-") {
		host = "auth-fips"
	}
	w.base = "https://" + prefix + "." + host + "." + w.Region + ".amazoncognito.com"
	return w.waitForDomain(ctx)
}

// A new domain answers after some seconds.
const (
	domainAttempts = 30
	domainInterval = 2 * time.Second
)

func (w *world) waitForDomain(ctx context.Context) error {
	var last error
	for range domainAttempts {
		r, err := w.get(ctx, w.HTTP, w.base+"/error")
		if err == nil {
			if r.status < http.StatusInternalServerError {
				return nil
			}
			err = fmt.Errorf("status %d", r.status)
		}
		last = err
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(domainInterval):
		}
	}
	return fmt.Errorf("the domain %s does not answer: %w", w.base, last)
}

// delete deletes the user pool with everything in it. A domain has to go first.
func (w *world) delete(ctx context.Context) error {
	if w.pool == "" {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanupTimeout)
	defer cancel()
	described, err := w.API.DescribeUserPool(ctx, &idp.DescribeUserPoolInput{UserPoolId: &w.pool})
	if err == nil && described.UserPool.Domain != nil {
		_, err = w.API.DeleteUserPoolDomain(ctx, &idp.DeleteUserPoolDomainInput{UserPoolId: &w.pool, Domain: described.UserPool.Domain})
	}
	if _, gone := w.API.DeleteUserPool(ctx, &idp.DeleteUserPoolInput{UserPoolId: &w.pool}); gone != nil {
		return fmt.Errorf("%s: the user pool %s is still there; delete it: %w", w.Name, w.pool, errors.Join(err, gone))
	}
	return nil
}

// withPool creates another user pool with a public app client for one question.
func (w *world) withPool(ctx context.Context, in *idp.CreateUserPoolInput, question func(pool, client string) (string, error)) (text string, err error) {
	in.PoolName = aws.String("poolguard-check-" + strings.ToLower(rand.Text()[:10]))
	created, err := w.API.CreateUserPool(ctx, in)
	if err != nil {
		return "", fmt.Errorf("create another user pool: %w", err)
	}
	extra := &world{Service: w.Service, pool: aws.ToString(created.UserPool.Id)}
	defer func() { err = errors.Join(err, extra.delete(ctx)) }()
	client, err := extra.createClient(ctx, &idp.CreateUserPoolClientInput{ClientName: aws.String("web")})
	if err != nil {
		return "", fmt.Errorf("create its app client: %w", err)
	}
	return question(extra.pool, aws.ToString(client.ClientId))
}

// user creates a user with the permanent password and returns the name. No message is sent.
func (w *world) user(ctx context.Context, attributes ...types.AttributeType) (string, error) {
	w.users++
	name := fmt.Sprintf("user%d", w.users)
	_, err := w.API.AdminCreateUser(ctx, &idp.AdminCreateUserInput{
		UserPoolId: &w.pool, Username: &name, MessageAction: types.MessageActionTypeSuppress,
		UserAttributes: append([]types.AttributeType{attribute("email", name+"@example.com"), attribute("email_verified", "true")}, attributes...),
	})
	if err != nil {
		return "", fmt.Errorf("create a user: %w", err)
	}
	_, err = w.API.AdminSetUserPassword(ctx, &idp.AdminSetUserPasswordInput{UserPoolId: &w.pool, Username: &name, Password: aws.String(password), Permanent: true})
	if err != nil {
		return "", fmt.Errorf("set the password of a user: %w", err)
	}
	return name, nil
}

func attribute(name, value string) types.AttributeType {
	return types.AttributeType{Name: &name, Value: &value}
}
