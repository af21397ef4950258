package interop

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	idp "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"
	"github.com/google/go-cmp/cmp"
)

// TestClientAWSSDKGo has the AWS SDK for Go be a person: sign up, sign in, sign out.
func TestClientAWSSDKGo(t *testing.T) {
	t.Parallel()
	u := newSDKUser(t)
	t.Run("sign-up: from name to tokens", u.signUp)
	t.Run("wrong password: of a user", func(t *testing.T) {
		_, err := u.withPassword(t, webClient, "anaya", "Wr0ngPassw0rd!")
		wantRefusal[*types.NotAuthorizedException](t, err, wrongPassword.Message)
	})
	t.Run("wrong password: SRP", func(t *testing.T) {
		_, err := u.withSRP(t, webClient, "anaya", "Wr0ngPassw0rd!")
		wantRefusal[*types.NotAuthorizedException](t, err, wrongPassword.Message)
	})
	t.Run("wrong password: of nobody", func(t *testing.T) {
		_, err := u.withPassword(t, webClient, "nobody", password)
		wantRefusal[*types.NotAuthorizedException](t, err, wrongPassword.Message)
		_, err = u.withSRP(t, webClient, "nobody", password)
		wantRefusal[*types.NotAuthorizedException](t, err, wrongPassword.Message)
	})
	t.Run("sign-in: SRP", u.signInWithSRP)
	t.Run("sign-in: a client with a secret", func(t *testing.T) {
		u.signIn(t, backendClient, "anaya", password)
		out, err := u.withSRP(t, backendClient, "anaya", password)
		if err != nil {
			t.Fatal(err)
		}
		u.check(t, out.AuthenticationResult)
	})
	t.Run("sign-in: a session works once", u.sessionOnce)
	t.Run("sign-in: an unknown client", func(t *testing.T) {
		_, err := u.withPassword(t, "unknown", "anaya", password)
		wantRefusal[*types.ResourceNotFoundException](t, err, "User pool client unknown does not exist.")
	})
	t.Run("sign-in: a temporary password", u.newPasswordRequired)
	t.Run("sign-in: a choice of challenges", u.choose)
	t.Run("tokens: GetUser", u.getUser)
	t.Run("tokens: aws-jwt-verify accepts them", func(t *testing.T) {
		tokens := u.signIn(t, webClient, "anaya", password)
		u.checkTheirs(t, &poolTokens{ID: *tokens.IdToken, Access: *tokens.AccessToken})
	})
	t.Run("refresh: without rotation", u.refreshes)
	t.Run("rotation: a new refresh token", u.rotates)
	t.Run("revoke: RevokeToken", u.revokes)
	t.Run("sign-out: GlobalSignOut", u.signsOut)
	t.Run("password: forgotten and changed", u.passwords)
	t.Run("mfa: an authenticator app", u.authenticator)
}

func (u *sdkUser) signUp(t *testing.T) {
	client, name := aws.String(webClient), aws.String("nils")
	in := &idp.SignUpInput{
		ClientId: client, Username: name, Password: aws.String("short"),
		UserAttributes: []types.AttributeType{{Name: aws.String("email"), Value: aws.String("nils@example.com")}},
	}
	_, err := u.api.SignUp(t.Context(), in)
	wantRefusal[*types.InvalidPasswordException](t, err, "Password did not conform with policy: Password not long enough")
	in.Password = aws.String(password)
	out, err := u.api.SignUp(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	if to := out.CodeDeliveryDetails; out.UserConfirmed || to == nil || to.DeliveryMedium != types.DeliveryMediumTypeEmail || aws.ToString(to.Destination) != "n***@e***" {
		t.Errorf("signed up: %+v", out)
	}
	_, err = u.api.SignUp(t.Context(), in)
	wantRefusal[*types.UsernameExistsException](t, err, "User already exists")
	_, err = u.withPassword(t, webClient, "nils", password)
	wantRefusal[*types.UserNotConfirmedException](t, err, notConfirmed.Message)
	_, err = u.api.ConfirmSignUp(t.Context(), &idp.ConfirmSignUpInput{ClientId: client, Username: name, ConfirmationCode: aws.String("000000")})
	wantRefusal[*types.CodeMismatchException](t, err, wrongCode.Message)

	first := u.mailTo(t, "nils")
	if _, err := u.api.ResendConfirmationCode(t.Context(), &idp.ResendConfirmationCodeInput{ClientId: client, Username: name}); err != nil {
		t.Fatal(err)
	}
	code := u.mailTo(t, "nils")
	if *code == *first {
		t.Errorf("the same code again")
	}
	if _, err := u.api.ConfirmSignUp(t.Context(), &idp.ConfirmSignUpInput{ClientId: client, Username: name, ConfirmationCode: code}); err != nil {
		t.Fatal(err)
	}
	u.signIn(t, webClient, "nils", password)
}

func (u *sdkUser) signInWithSRP(t *testing.T) {
	for range 10 { // numbers of every length
		out, err := u.withSRP(t, webClient, "anaya", password)
		if err != nil {
			t.Fatal(err)
		}
		u.check(t, out.AuthenticationResult)
	}
}

func (u *sdkUser) sessionOnce(t *testing.T) {
	c := newSRPClient(t)
	out, err := u.begin(t, webClient, types.AuthFlowTypeUserSrpAuth, map[string]string{"USERNAME": "anaya", "SRP_A": c.publicHex()})
	if err != nil {
		t.Fatal(err)
	}
	answers := c.answer(t, out.ChallengeParameters, password)
	if _, err := u.respond(t, webClient, out.ChallengeName, out.Session, answers); err != nil {
		t.Fatal(err)
	}
	_, err = u.respond(t, webClient, out.ChallengeName, out.Session, answers)
	wantRefusal[*types.NotAuthorizedException](t, err, "")
}

func (u *sdkUser) newPasswordRequired(t *testing.T) {
	name := aws.String("tove")
	_, err := u.api.AdminCreateUser(t.Context(), &idp.AdminCreateUserInput{
		UserPoolId: aws.String(poolID), Username: name, DesiredDeliveryMediums: []types.DeliveryMediumType{types.DeliveryMediumTypeEmail},
		UserAttributes: []types.AttributeType{{Name: aws.String("email"), Value: aws.String("tove@example.com")}},
	})
	if err != nil {
		t.Fatal(err)
	}
	temporary := u.mailTo(t, *name)
	out, err := u.withSRP(t, webClient, *name, *temporary)
	if err != nil {
		t.Fatal(err)
	}
	if out.ChallengeName != types.ChallengeNameTypeNewPasswordRequired || out.AuthenticationResult != nil {
		t.Fatalf("challenge %q", out.ChallengeName)
	}
	_, err = u.respond(t, webClient, out.ChallengeName, out.Session, map[string]string{"USERNAME": *name, "NEW_PASSWORD": "short"})
	wantRefusal[*types.InvalidPasswordException](t, err, "Password did not conform with policy: Password not long enough")
	again, err := u.withPassword(t, webClient, *name, *temporary)
	if err != nil {
		t.Fatal(err)
	}
	done, err := u.respond(t, webClient, again.ChallengeName, again.Session, map[string]string{
		"USERNAME": *name, "NEW_PASSWORD": password, "userAttributes.name": "Tove",
	})
	if err != nil {
		t.Fatal(err)
	}
	u.check(t, done.AuthenticationResult)
	_, err = u.withPassword(t, webClient, *name, *temporary)
	wantRefusal[*types.NotAuthorizedException](t, err, wrongPassword.Message)
}

// choose is USER_AUTH, where the pool says what the user may sign in with.
func (u *sdkUser) choose(t *testing.T) {
	out, err := u.begin(t, webClient, types.AuthFlowTypeUserAuth, map[string]string{"USERNAME": "anaya"})
	if err != nil {
		t.Fatal(err)
	}
	want := []types.ChallengeNameType{types.ChallengeNameTypePassword, types.ChallengeNameTypePasswordSrp}
	if diff := cmp.Diff(want, out.AvailableChallenges); out.ChallengeName != types.ChallengeNameTypeSelectChallenge || diff != "" {
		t.Errorf("challenge %s, available (-want +got):\n%s", out.ChallengeName, diff)
	}
	done, err := u.respond(t, webClient, out.ChallengeName, out.Session, map[string]string{
		"USERNAME": "anaya", "ANSWER": "PASSWORD", "PASSWORD": password,
	})
	if err != nil {
		t.Fatal(err)
	}
	u.check(t, done.AuthenticationResult)
}

func (u *sdkUser) getUser(t *testing.T) {
	tokens := u.signIn(t, webClient, "anaya", password)
	out, err := u.api.GetUser(t.Context(), &idp.GetUserInput{AccessToken: tokens.AccessToken})
	if err != nil {
		t.Fatal(err)
	}
	got := attributesOf(out.UserAttributes)
	if payloadOf(t, *tokens.AccessToken)["sub"] != got["sub"] {
		t.Errorf("sub %q", got["sub"])
	}
	delete(got, "sub")
	want := map[string]string{"email": "anaya@example.com", "email_verified": "true", "name": "Anaya Rao"}
	if diff := cmp.Diff(want, got); diff != "" || aws.ToString(out.Username) != "anaya" {
		t.Errorf("user %q (-want +got):\n%s", aws.ToString(out.Username), diff)
	}
	_, err = u.api.GetUser(t.Context(), &idp.GetUserInput{AccessToken: tokens.IdToken})
	wantRefusal[*types.NotAuthorizedException](t, err, "Invalid Access Token")
	u.pool.SetClockOffset(61 * time.Minute)
	defer u.pool.SetClockOffset(0)
	_, err = u.api.GetUser(t.Context(), &idp.GetUserInput{AccessToken: tokens.AccessToken})
	wantRefusal[*types.NotAuthorizedException](t, err, "Access Token has expired")
}
