package interop

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	idp "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"
	"github.com/google/go-cmp/cmp"
)

// TestClientAWSSDKGoAdmin has the AWS SDK for Go administer users and pools, with
// calls that it signs.
func TestClientAWSSDKGoAdmin(t *testing.T) {
	t.Parallel()
	u := newSDKUser(t)
	t.Run("administer: users", u.adminUsers)
	t.Run("administer: groups", u.adminGroups)
	t.Run("administer: a page after another", u.paginate)
	t.Run("administer: a filter", u.filter)
	t.Run("administer: clients", u.adminClients)
	t.Run("administer: resource servers", u.adminResourceServers)
	t.Run("administer: pools", u.adminPools)
	t.Run("administer: what is not there", u.adminNothing)
	t.Run("sign-in: ADMIN_USER_PASSWORD_AUTH", u.adminSignIn)
	t.Run("wrong password: ADMIN_USER_PASSWORD_AUTH", func(t *testing.T) {
		_, err := u.adminInitiate(t, "Wr0ngPassw0rd!")
		wantRefusal[*types.NotAuthorizedException](t, err, wrongPassword.Message)
	})
	t.Run("sign-out: AdminUserGlobalSignOut", u.adminSignOut)
}

var thePool = aws.String(poolID)

func (u *sdkUser) adminUsers(t *testing.T) {
	name := aws.String("ulla")
	created, err := u.api.AdminCreateUser(t.Context(), &idp.AdminCreateUserInput{
		UserPoolId: thePool, Username: name, MessageAction: types.MessageActionTypeSuppress, TemporaryPassword: aws.String("Temp0rary!"),
		UserAttributes: []types.AttributeType{{Name: aws.String("email"), Value: aws.String("ulla@example.com")}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := created.User; got.UserStatus != types.UserStatusTypeForceChangePassword || !got.Enabled || got.UserCreateDate == nil {
		t.Errorf("created %+v", got)
	}
	_, err = u.api.AdminCreateUser(t.Context(), &idp.AdminCreateUserInput{UserPoolId: thePool, Username: name})
	wantRefusal[*types.UsernameExistsException](t, err, "User account already exists")
	must := func(_ any, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(u.api.AdminSetUserPassword(t.Context(), &idp.AdminSetUserPasswordInput{UserPoolId: thePool, Username: name, Password: aws.String(password), Permanent: true}))
	must(u.api.AdminUpdateUserAttributes(t.Context(), &idp.AdminUpdateUserAttributesInput{
		UserPoolId: thePool, Username: name, UserAttributes: []types.AttributeType{
			{Name: aws.String("email_verified"), Value: aws.String("true")}, {Name: aws.String("name"), Value: aws.String("Ulla")},
		},
	}))
	got, err := u.api.AdminGetUser(t.Context(), &idp.AdminGetUserInput{UserPoolId: thePool, Username: name})
	if err != nil {
		t.Fatal(err)
	}
	attributes := attributesOf(got.UserAttributes)
	delete(attributes, "sub")
	want := map[string]string{"email": "ulla@example.com", "email_verified": "true", "name": "Ulla"}
	if diff := cmp.Diff(want, attributes); diff != "" || got.UserStatus != types.UserStatusTypeConfirmed {
		t.Errorf("status %s, attributes (-want +got):\n%s", got.UserStatus, diff)
	}
	u.signIn(t, webClient, "ulla", password)
	must(u.api.AdminDisableUser(t.Context(), &idp.AdminDisableUserInput{UserPoolId: thePool, Username: name}))
	_, err = u.withPassword(t, webClient, "ulla", password)
	wantRefusal[*types.NotAuthorizedException](t, err, "User is disabled.")
	must(u.api.AdminEnableUser(t.Context(), &idp.AdminEnableUserInput{UserPoolId: thePool, Username: name}))
	must(u.api.AdminResetUserPassword(t.Context(), &idp.AdminResetUserPasswordInput{UserPoolId: thePool, Username: name}))
	_, err = u.withPassword(t, webClient, "ulla", password)
	wantRefusal[*types.PasswordResetRequiredException](t, err, "Password reset required for the user")
	must(u.api.ConfirmForgotPassword(t.Context(), &idp.ConfirmForgotPasswordInput{
		ClientId: aws.String(webClient), Username: name, ConfirmationCode: u.mailTo(t, "ulla"), Password: aws.String(password),
	}))
	u.signIn(t, webClient, "ulla", password)
	must(u.api.AdminDeleteUser(t.Context(), &idp.AdminDeleteUserInput{UserPoolId: thePool, Username: name}))
	_, err = u.api.AdminGetUser(t.Context(), &idp.AdminGetUserInput{UserPoolId: thePool, Username: name})
	wantRefusal[*types.UserNotFoundException](t, err, "User does not exist.")
}

func (u *sdkUser) adminGroups(t *testing.T) {
	name, user := aws.String("editors"), aws.String("anaya")
	in := &idp.CreateGroupInput{UserPoolId: thePool, GroupName: name, Precedence: aws.Int32(3), RoleArn: aws.String("arn:aws:iam::123456789012:role/editors")}
	created, err := u.api.CreateGroup(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	if got := created.Group; aws.ToInt32(got.Precedence) != 3 || aws.ToString(got.UserPoolId) != poolID {
		t.Errorf("created %+v", got)
	}
	_, err = u.api.CreateGroup(t.Context(), in)
	wantRefusal[*types.GroupExistsException](t, err, "A group with the name already exists.")
	if _, err := u.api.AdminAddUserToGroup(t.Context(), &idp.AdminAddUserToGroupInput{UserPoolId: thePool, GroupName: name, Username: user}); err != nil {
		t.Fatal(err)
	}
	listed, err := u.api.AdminListGroupsForUser(t.Context(), &idp.AdminListGroupsForUserInput{UserPoolId: thePool, Username: user})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, g := range listed.Groups {
		names = append(names, *g.GroupName)
	}
	slices.Sort(names)
	if !slices.Equal(names, []string{"editors", "staff"}) {
		t.Errorf("groups %q", names)
	}
	members, err := u.api.ListUsersInGroup(t.Context(), &idp.ListUsersInGroupInput{UserPoolId: thePool, GroupName: name})
	if err != nil || len(members.Users) != 1 || *members.Users[0].Username != "anaya" {
		t.Errorf("members %v, %v", members, err)
	}
	id := payloadOf(t, *u.signIn(t, webClient, "anaya", password).IdToken)
	if id["cognito:preferred_role"] != *in.RoleArn || fmt.Sprint(id["cognito:roles"]) != "["+*in.RoleArn+"]" {
		t.Errorf("ID token %v", id)
	}
	if _, err := u.api.AdminRemoveUserFromGroup(t.Context(), &idp.AdminRemoveUserFromGroupInput{UserPoolId: thePool, GroupName: name, Username: user}); err != nil {
		t.Fatal(err)
	}
	if _, err := u.api.DeleteGroup(t.Context(), &idp.DeleteGroupInput{UserPoolId: thePool, GroupName: name}); err != nil {
		t.Fatal(err)
	}
	_, err = u.api.GetGroup(t.Context(), &idp.GetGroupInput{UserPoolId: thePool, GroupName: name})
	wantRefusal[*types.ResourceNotFoundException](t, err, "Group not found.")
}

func (u *sdkUser) paginate(t *testing.T) {
	for n := range 25 {
		_, err := u.api.AdminCreateUser(t.Context(), &idp.AdminCreateUserInput{
			UserPoolId: thePool, Username: aws.String(fmt.Sprintf("paged%02d", n)), MessageAction: types.MessageActionTypeSuppress,
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	pages, seen := 0, map[string]bool{}
	for p := idp.NewListUsersPaginator(u.api, &idp.ListUsersInput{UserPoolId: thePool, Limit: aws.Int32(10)}); p.HasMorePages(); pages++ {
		page, err := p.NextPage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if len(page.Users) > 10 {
			t.Errorf("%d users on a page", len(page.Users))
		}
		for _, one := range page.Users {
			if seen[*one.Username] {
				t.Errorf("%s comes twice", *one.Username)
			}
			seen[*one.Username] = true
		}
	}
	if len(seen) < 27 || pages < 3 {
		t.Errorf("%d users on %d pages", len(seen), pages)
	}
}

func (u *sdkUser) filter(t *testing.T) {
	for filter, want := range map[string]int{
		`username ^= "paged"`: 25, `username = "paged07"`: 1, `email = "anaya@example.com"`: 1, `name ^= "Anaya"`: 2,
		`cognito:user_status = "CONFIRMED"`: 2, `status = "Enabled"`: 27, `username = "nobody"`: 0,
	} {
		out, err := u.api.ListUsers(t.Context(), &idp.ListUsersInput{UserPoolId: thePool, Filter: &filter, AttributesToGet: []string{"email"}})
		if err != nil {
			t.Errorf("%s: %v", filter, err)
			continue
		}
		if len(out.Users) != want {
			t.Errorf("%s: %d users, want %d", filter, len(out.Users), want)
		}
	}
	_, err := u.api.ListUsers(t.Context(), &idp.ListUsersInput{UserPoolId: thePool, Filter: aws.String("nonsense")})
	wantRefusal[*types.InvalidParameterException](t, err, "")
}

func (u *sdkUser) adminNothing(t *testing.T) {
	_, err := u.api.DescribeUserPool(t.Context(), &idp.DescribeUserPoolInput{UserPoolId: aws.String(region + "_Nowhere01")})
	wantRefusal[*types.ResourceNotFoundException](t, err, "User pool "+region+"_Nowhere01 does not exist.")
	_, err = u.api.AdminGetUser(t.Context(), &idp.AdminGetUserInput{UserPoolId: thePool, Username: aws.String("nobody")})
	wantRefusal[*types.UserNotFoundException](t, err, "User does not exist.")
	// An operation of Cognito that a local pool has no use for.
	_, err = u.api.GetCSVHeader(t.Context(), &idp.GetCSVHeaderInput{UserPoolId: thePool})
	var refused interface{ ErrorCode() string }
	if !errors.As(err, &refused) {
		t.Errorf("error %v, want one with a code", err)
	}
}

func (u *sdkUser) adminInitiate(t *testing.T, secret string) (*idp.AdminInitiateAuthOutput, error) {
	t.Helper()
	return u.api.AdminInitiateAuth(t.Context(), &idp.AdminInitiateAuthInput{
		UserPoolId: thePool, ClientId: aws.String(webClient), AuthFlow: types.AuthFlowTypeAdminUserPasswordAuth,
		AuthParameters: map[string]string{"USERNAME": "anaya", "PASSWORD": secret},
	})
}

func (u *sdkUser) adminSignIn(t *testing.T) {
	out, err := u.adminInitiate(t, password)
	if err != nil {
		t.Fatal(err)
	}
	u.check(t, out.AuthenticationResult)
}

func (u *sdkUser) adminSignOut(t *testing.T) {
	tokens := u.signIn(t, webClient, "anaya", password)
	_, err := u.api.AdminUserGlobalSignOut(t.Context(), &idp.AdminUserGlobalSignOutInput{UserPoolId: thePool, Username: aws.String("anaya")})
	if err != nil {
		t.Fatal(err)
	}
	_, err = u.refresh(t, webClient, tokens.RefreshToken)
	wantRefusal[*types.NotAuthorizedException](t, err, refreshRevoked.Message)
	_, err = u.api.GetUser(t.Context(), &idp.GetUserInput{AccessToken: tokens.AccessToken})
	wantRefusal[*types.NotAuthorizedException](t, err, accessRevoked.Message)
}
