package awscheck

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	idp "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"
)

var clientQuestions = []Question{
	{"clients/rotation-defaults", decision6, "Which flows does a new app client with refresh token rotation have if the request names none?", askRotationDefaults},
	{"clients/empty-lists", decision6, "Do empty lists of attributes mean no list?", askEmptyLists},
	{"clients/secret-twice", decision6, "What does CreateUserPoolClient answer to GenerateSecret with ClientSecret?", askSecretTwice},
}

func (w *world) createClient(ctx context.Context, in *idp.CreateUserPoolClientInput) (*types.UserPoolClientType, error) {
	in.UserPoolId = &w.pool
	out, err := w.API.CreateUserPoolClient(ctx, in)
	if err != nil {
		return nil, err
	}
	return out.UserPoolClient, nil
}

func askRotationDefaults(ctx context.Context, w *world) (string, error) {
	client, err := w.createClient(ctx, &idp.CreateUserPoolClientInput{
		ClientName: aws.String("defaults"), RefreshTokenRotation: &types.RefreshTokenRotationType{Feature: types.FeatureTypeEnabled},
	})
	if err != nil {
		return outcome(err)
	}
	grace := "absent"
	if client.RefreshTokenRotation != nil && client.RefreshTokenRotation.RetryGracePeriodSeconds != nil {
		grace = strconv.Itoa(int(*client.RefreshTokenRotation.RetryGracePeriodSeconds))
	}
	flows := fmt.Sprint(slices.Sorted(slices.Values(client.ExplicitAuthFlows)))
	return "ExplicitAuthFlows " + flows + ", RetryGracePeriodSeconds " + grace, nil
}

func askEmptyLists(ctx context.Context, w *world) (string, error) {
	client, err := w.createClient(ctx, &idp.CreateUserPoolClientInput{ClientName: aws.String("empty"), ReadAttributes: []string{}, WriteAttributes: []string{}})
	if err != nil {
		return outcome(err)
	}
	return fmt.Sprintf("ReadAttributes %v, WriteAttributes %v", client.ReadAttributes, client.WriteAttributes), nil
}

func askSecretTwice(ctx context.Context, w *world) (string, error) {
	_, err := w.createClient(ctx, &idp.CreateUserPoolClientInput{
		ClientName: aws.String("twice"), GenerateSecret: true, ClientSecret: aws.String(strings.Repeat("Secret", 6)),
	})
	return outcome(err)
}

var poolQuestions = []Question{
	{"pools/page-tokens", decision6, "What do lists answer to a page token that they did not issue?", askPageTokens},
	{"pools/unknown", decision6, "What do the actions of resource servers and identity providers answer to an unknown name?", askUnknownThings},
	{"pools/duplicates", decision6, "What do CreateResourceServer and CreateGroup answer to a name that exists?", askDuplicates},
	{"pools/arns", decision6, "What do the actions of tags answer to an ARN that is not a user pool's, and to one that is unknown?", askARNs},
	{"pools/tags", decision6, "What does TagResource answer to more than 50 tags?", askTags},
	{"pools/domains", decision6, "What does CreateUserPoolDomain answer to a second domain, and to a bad prefix?", askDomains},
}

func askPageTokens(ctx context.Context, w *world) (string, error) {
	token := aws.String("nonsense")
	return outcomes(
		namedCall{"ListUsers", second(w.API.ListUsers(ctx, &idp.ListUsersInput{UserPoolId: &w.pool, PaginationToken: token}))},
		namedCall{"ListGroups", second(w.API.ListGroups(ctx, &idp.ListGroupsInput{UserPoolId: &w.pool, NextToken: token}))},
		namedCall{"ListUserPoolClients", second(w.API.ListUserPoolClients(ctx, &idp.ListUserPoolClientsInput{UserPoolId: &w.pool, NextToken: token}))},
	)
}

func askUnknownThings(ctx context.Context, w *world) (string, error) {
	name := aws.String("unknown")
	return outcomes(
		namedCall{"DescribeResourceServer", second(w.API.DescribeResourceServer(ctx, &idp.DescribeResourceServerInput{UserPoolId: &w.pool, Identifier: name}))},
		namedCall{"DeleteResourceServer", second(w.API.DeleteResourceServer(ctx, &idp.DeleteResourceServerInput{UserPoolId: &w.pool, Identifier: name}))},
		namedCall{"DescribeIdentityProvider", second(w.API.DescribeIdentityProvider(ctx, &idp.DescribeIdentityProviderInput{UserPoolId: &w.pool, ProviderName: name}))},
		namedCall{"GetIdentityProviderByIdentifier", second(w.API.GetIdentityProviderByIdentifier(ctx, &idp.GetIdentityProviderByIdentifierInput{UserPoolId: &w.pool, IdpIdentifier: name}))},
		namedCall{"GetGroup", second(w.API.GetGroup(ctx, &idp.GetGroupInput{UserPoolId: &w.pool, GroupName: name}))},
	)
}

func askDuplicates(ctx context.Context, w *world) (string, error) {
	return outcomes(
		namedCall{"CreateResourceServer", second(w.API.CreateResourceServer(ctx, &idp.CreateResourceServerInput{UserPoolId: &w.pool, Identifier: aws.String(apiURL), Name: aws.String("Again")}))},
		namedCall{"CreateGroup", second(w.API.CreateGroup(ctx, &idp.CreateGroupInput{UserPoolId: &w.pool, GroupName: aws.String("staff")}))},
	)
}

func (w *world) arn(ctx context.Context) (string, error) {
	out, err := w.API.DescribeUserPool(ctx, &idp.DescribeUserPoolInput{UserPoolId: &w.pool})
	if err != nil {
		return "", err
	}
	return aws.ToString(out.UserPool.Arn), nil
}

func askARNs(ctx context.Context, w *world) (string, error) {
	arn, err := w.arn(ctx)
	if err != nil {
		return "", err
	}
	unknown := arn[:strings.LastIndex(arn, "_")+1] + "Unknown01"
	list := func(arn string) error {
		return second(w.API.ListTagsForResource(ctx, &idp.ListTagsForResourceInput{ResourceArn: &arn}))
	}
	return outcomes(namedCall{"another kind", list("arn:aws:s3:::bucket-of-nobody")}, namedCall{"unknown user pool", list(unknown)})
}

// maxTags is the number of tags that AWS allows for a resource.
const maxTags = 50

func askTags(ctx context.Context, w *world) (string, error) {
	arn, err := w.arn(ctx)
	if err != nil {
		return "", err
	}
	tags := map[string]string{}
	for n := range maxTags + 1 {
		tags[fmt.Sprintf("tag%d", n)] = "value"
	}
	return outcome(second(w.API.TagResource(ctx, &idp.TagResourceInput{ResourceArn: &arn, Tags: tags})))
}

func askDomains(ctx context.Context, w *world) (string, error) {
	create := func(name string) error {
		return second(w.API.CreateUserPoolDomain(ctx, &idp.CreateUserPoolDomainInput{UserPoolId: &w.pool, Domain: &name}))
	}
	return outcomes(namedCall{"second domain", create("poolguard-check-second-domain")}, namedCall{"bad prefix", create("Bad_Prefix")})
}
