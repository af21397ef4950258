package interop

import (
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	idp "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"
	"github.com/google/go-cmp/cmp"
)

func (u *sdkUser) adminClients(t *testing.T) {
	created, err := u.api.CreateUserPoolClient(t.Context(), &idp.CreateUserPoolClientInput{
		UserPoolId: thePool, ClientName: aws.String("made"), GenerateSecret: true,
		ExplicitAuthFlows:   []types.ExplicitAuthFlowsType{types.ExplicitAuthFlowsTypeAllowUserPasswordAuth, types.ExplicitAuthFlowsTypeAllowRefreshTokenAuth},
		AccessTokenValidity: aws.Int32(10), TokenValidityUnits: &types.TokenValidityUnitsType{AccessToken: types.TimeUnitsTypeMinutes},
	})
	if err != nil {
		t.Fatal(err)
	}
	made := created.UserPoolClient
	if len(aws.ToString(made.ClientId)) != 26 || len(aws.ToString(made.ClientSecret)) < 40 {
		t.Errorf("client %q, secret of %d", aws.ToString(made.ClientId), len(aws.ToString(made.ClientSecret)))
	}
	described, err := u.api.DescribeUserPoolClient(t.Context(), &idp.DescribeUserPoolClientInput{UserPoolId: thePool, ClientId: made.ClientId})
	if err != nil {
		t.Fatal(err)
	}
	if got := described.UserPoolClient; aws.ToInt32(got.AccessTokenValidity) != 10 || aws.ToString(got.ClientSecret) != *made.ClientSecret {
		t.Errorf("described %+v", got)
	}
	_, err = u.api.UpdateUserPoolClient(t.Context(), &idp.UpdateUserPoolClientInput{
		UserPoolId: thePool, ClientId: made.ClientId, ClientName: aws.String("renamed"),
		ExplicitAuthFlows: []types.ExplicitAuthFlowsType{types.ExplicitAuthFlowsTypeAllowUserPasswordAuth, types.ExplicitAuthFlowsTypeAllowRefreshTokenAuth},
	})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for p := idp.NewListUserPoolClientsPaginator(u.api, &idp.ListUserPoolClientsInput{UserPoolId: thePool, MaxResults: aws.Int32(2)}); p.HasMorePages(); {
		page, err := p.NextPage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range page.UserPoolClients {
			names = append(names, *c.ClientName)
		}
	}
	slices.Sort(names)
	if diff := cmp.Diff([]string{backendClient, machineClient, "renamed", rotatingClient, webClient}, names); diff != "" {
		t.Errorf("clients (-want +got):\n%s", diff)
	}
	if _, err := u.api.DeleteUserPoolClient(t.Context(), &idp.DeleteUserPoolClientInput{UserPoolId: thePool, ClientId: made.ClientId}); err != nil {
		t.Fatal(err)
	}
	_, err = u.api.DescribeUserPoolClient(t.Context(), &idp.DescribeUserPoolClientInput{UserPoolId: thePool, ClientId: made.ClientId})
	wantRefusal[*types.ResourceNotFoundException](t, err, "User pool client "+*made.ClientId+" does not exist.")
}

func (u *sdkUser) adminResourceServers(t *testing.T) {
	identifier := aws.String("https://stock.example.com")
	scopes := []types.ResourceServerScopeType{{ScopeName: aws.String("read"), ScopeDescription: aws.String("Read stock")}}
	in := &idp.CreateResourceServerInput{UserPoolId: thePool, Identifier: identifier, Name: aws.String("Stock"), Scopes: scopes}
	if _, err := u.api.CreateResourceServer(t.Context(), in); err != nil {
		t.Fatal(err)
	}
	scopes = append(scopes, types.ResourceServerScopeType{ScopeName: aws.String("write"), ScopeDescription: aws.String("Change stock")})
	_, err := u.api.UpdateResourceServer(t.Context(), &idp.UpdateResourceServerInput{UserPoolId: thePool, Identifier: identifier, Name: aws.String("Stock"), Scopes: scopes})
	if err != nil {
		t.Fatal(err)
	}
	out, err := u.api.DescribeResourceServer(t.Context(), &idp.DescribeResourceServerInput{UserPoolId: thePool, Identifier: identifier})
	if err != nil || len(out.ResourceServer.Scopes) != 2 {
		t.Fatalf("%+v, %v", out, err)
	}
	listed, err := u.api.ListResourceServers(t.Context(), &idp.ListResourceServersInput{UserPoolId: thePool, MaxResults: aws.Int32(50)})
	if err != nil || len(listed.ResourceServers) != 2 {
		t.Errorf("%+v, %v", listed, err)
	}
	if _, err := u.api.DeleteResourceServer(t.Context(), &idp.DeleteResourceServerInput{UserPoolId: thePool, Identifier: identifier}); err != nil {
		t.Fatal(err)
	}
}

// adminPools makes a pool and signs somebody in to it.
func (u *sdkUser) adminPools(t *testing.T) {
	created, err := u.api.CreateUserPool(t.Context(), &idp.CreateUserPoolInput{
		PoolName: aws.String("made"), UsernameAttributes: []types.UsernameAttributeType{types.UsernameAttributeTypeEmail},
		AutoVerifiedAttributes: []types.VerifiedAttributeType{types.VerifiedAttributeTypeEmail},
		Policies:               &types.UserPoolPolicyType{PasswordPolicy: &types.PasswordPolicyType{MinimumLength: aws.Int32(12), RequireUppercase: true}},
		Schema: []types.SchemaAttributeType{{
			Name: aws.String("tier"), AttributeDataType: types.AttributeDataTypeString, Mutable: aws.Bool(true),
		}},
	})
	if err != nil {
		t.Fatal(err)
	}
	pool := created.UserPool
	if id := aws.ToString(pool.Id); !strings.HasPrefix(id, region+"_") || !strings.HasSuffix(aws.ToString(pool.Arn), ":userpool/"+id) {
		t.Errorf("pool %q, ARN %q", id, aws.ToString(pool.Arn))
	}
	client, err := u.api.CreateUserPoolClient(t.Context(), &idp.CreateUserPoolClientInput{
		UserPoolId: pool.Id, ClientName: aws.String("app"),
		ExplicitAuthFlows: []types.ExplicitAuthFlowsType{types.ExplicitAuthFlowsTypeAllowUserPasswordAuth, types.ExplicitAuthFlowsTypeAllowUserSrpAuth},
	})
	if err != nil {
		t.Fatal(err)
	}
	id := client.UserPoolClient.ClientId
	signUp := &idp.SignUpInput{
		ClientId: id, Username: aws.String("vera@example.com"), Password: aws.String("short"),
		UserAttributes: []types.AttributeType{{Name: aws.String("custom:tier"), Value: aws.String("gold")}},
	}
	_, err = u.api.SignUp(t.Context(), signUp)
	wantRefusal[*types.InvalidPasswordException](t, err, "")
	signUp.Password = aws.String("Twelve-letters-and-more")
	out, err := u.api.SignUp(t.Context(), signUp)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := u.api.AdminConfirmSignUp(t.Context(), &idp.AdminConfirmSignUpInput{UserPoolId: pool.Id, Username: signUp.Username}); err != nil {
		t.Fatal(err)
	}
	signedIn, err := u.withPassword(t, *id, *signUp.Username, *signUp.Password)
	if err != nil {
		t.Fatal(err)
	}
	claims := payloadOf(t, *signedIn.AuthenticationResult.IdToken)
	if claims["custom:tier"] != "gold" || claims["cognito:username"] != *out.UserSub || claims["email"] != *signUp.Username {
		t.Errorf("ID token %v", claims)
	}
	pools, err := u.api.ListUserPools(t.Context(), &idp.ListUserPoolsInput{MaxResults: aws.Int32(60)})
	if err != nil || len(pools.UserPools) != 2 {
		t.Errorf("pools %+v, %v", pools, err)
	}
	if _, err := u.api.DeleteUserPool(t.Context(), &idp.DeleteUserPoolInput{UserPoolId: pool.Id}); err != nil {
		t.Fatal(err)
	}
	_, err = u.api.DescribeUserPool(t.Context(), &idp.DescribeUserPoolInput{UserPoolId: pool.Id})
	wantRefusal[*types.ResourceNotFoundException](t, err, "User pool "+*pool.Id+" does not exist.")
}
