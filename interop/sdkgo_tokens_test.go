package interop

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	idp "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"
)

func (u *sdkUser) refreshes(t *testing.T) {
	tokens := u.signIn(t, webClient, "anaya", password)
	out, err := u.begin(t, webClient, types.AuthFlowTypeRefreshTokenAuth, map[string]string{"REFRESH_TOKEN": *tokens.RefreshToken})
	if err != nil {
		t.Fatal(err)
	}
	fresh, err := u.refresh(t, webClient, tokens.RefreshToken)
	if err != nil {
		t.Fatal(err)
	}
	for _, result := range []*types.AuthenticationResultType{u.check(t, out.AuthenticationResult), u.check(t, fresh)} {
		before, after := payloadOf(t, *tokens.AccessToken), payloadOf(t, *result.AccessToken)
		if result.RefreshToken != nil || before["origin_jti"] != after["origin_jti"] || before["auth_time"] != after["auth_time"] || before["jti"] == after["jti"] {
			t.Errorf("before %v, after %v", before, after)
		}
	}
	_, err = u.refresh(t, webClient, aws.String("nonsense"))
	wantRefusal[*types.NotAuthorizedException](t, err, "Invalid Refresh Token.")
	_, err = u.refresh(t, rotatingClient, tokens.RefreshToken)
	wantRefusal[*types.NotAuthorizedException](t, err, "")
}

func (u *sdkUser) rotates(t *testing.T) {
	tokens := u.signIn(t, rotatingClient, "anaya", password)
	fresh, err := u.refresh(t, rotatingClient, tokens.RefreshToken)
	if err != nil {
		t.Fatal(err)
	}
	u.check(t, fresh)
	if fresh.RefreshToken == nil || *fresh.RefreshToken == *tokens.RefreshToken {
		t.Fatal("no new refresh token")
	}
	if _, err := u.refresh(t, rotatingClient, tokens.RefreshToken); err != nil {
		t.Errorf("within the grace: %v", err)
	}
	u.pool.SetClockOffset(rotationGrace + time.Second)
	defer u.pool.SetClockOffset(0)
	_, err = u.refresh(t, rotatingClient, tokens.RefreshToken)
	wantRefusal[*types.RefreshTokenReuseException](t, err, "")
	if _, err := u.refresh(t, rotatingClient, fresh.RefreshToken); err != nil {
		t.Errorf("the new refresh token: %v", err)
	}
}

func (u *sdkUser) revokes(t *testing.T) {
	tokens, other := u.signIn(t, webClient, "anaya", password), u.signIn(t, webClient, "anaya", password)
	_, err := u.api.RevokeToken(t.Context(), &idp.RevokeTokenInput{ClientId: aws.String(webClient), Token: tokens.AccessToken})
	wantRefusal[*types.UnsupportedTokenTypeException](t, err, "")
	if _, err := u.api.RevokeToken(t.Context(), &idp.RevokeTokenInput{ClientId: aws.String(webClient), Token: tokens.RefreshToken}); err != nil {
		t.Fatal(err)
	}
	_, err = u.refresh(t, webClient, tokens.RefreshToken)
	wantRefusal[*types.NotAuthorizedException](t, err, refreshRevoked.Message)
	_, err = u.api.GetUser(t.Context(), &idp.GetUserInput{AccessToken: tokens.AccessToken})
	wantRefusal[*types.NotAuthorizedException](t, err, accessRevoked.Message)
	if _, err := u.refresh(t, webClient, other.RefreshToken); err != nil {
		t.Errorf("another sign-in: %v", err)
	}
}

func (u *sdkUser) signsOut(t *testing.T) {
	tokens, other := u.signIn(t, webClient, "anaya", password), u.signIn(t, backendClient, "anaya", password)
	if _, err := u.api.GlobalSignOut(t.Context(), &idp.GlobalSignOutInput{AccessToken: tokens.AccessToken}); err != nil {
		t.Fatal(err)
	}
	_, err := u.refresh(t, webClient, tokens.RefreshToken)
	wantRefusal[*types.NotAuthorizedException](t, err, refreshRevoked.Message)
	for _, token := range []*string{tokens.AccessToken, other.AccessToken} {
		_, err := u.api.GetUser(t.Context(), &idp.GetUserInput{AccessToken: token})
		wantRefusal[*types.NotAuthorizedException](t, err, accessRevoked.Message)
	}
}

func (u *sdkUser) passwords(t *testing.T) {
	client, name := aws.String(webClient), aws.String("nils")
	out, err := u.api.ForgotPassword(t.Context(), &idp.ForgotPasswordInput{ClientId: client, Username: name})
	if err != nil {
		t.Fatal(err)
	}
	if got := aws.ToString(out.CodeDeliveryDetails.Destination); got != "n***@e***" {
		t.Errorf("destination %q", got)
	}
	code := u.mailTo(t, "nils")
	in := &idp.ConfirmForgotPasswordInput{ClientId: client, Username: name, ConfirmationCode: aws.String("000000"), Password: aws.String("An0therPassw0rd!")}
	_, err = u.api.ConfirmForgotPassword(t.Context(), in)
	wantRefusal[*types.CodeMismatchException](t, err, wrongCode.Message)
	in.ConfirmationCode = code
	if _, err := u.api.ConfirmForgotPassword(t.Context(), in); err != nil {
		t.Fatal(err)
	}
	_, err = u.withPassword(t, webClient, "nils", password)
	wantRefusal[*types.NotAuthorizedException](t, err, wrongPassword.Message)
	tokens := u.signIn(t, webClient, "nils", "An0therPassw0rd!")
	change := &idp.ChangePasswordInput{AccessToken: tokens.AccessToken, PreviousPassword: aws.String(password), ProposedPassword: aws.String(password)}
	_, err = u.api.ChangePassword(t.Context(), change)
	wantRefusal[*types.NotAuthorizedException](t, err, wrongPassword.Message)
	change.PreviousPassword = aws.String("An0therPassw0rd!")
	if _, err := u.api.ChangePassword(t.Context(), change); err != nil {
		t.Fatal(err)
	}
	u.signIn(t, webClient, "nils", password)
}

func (u *sdkUser) authenticator(t *testing.T) {
	tokens := u.signIn(t, webClient, "anaya", password)
	out, err := u.api.AssociateSoftwareToken(t.Context(), &idp.AssociateSoftwareTokenInput{AccessToken: tokens.AccessToken})
	if err != nil {
		t.Fatal(err)
	}
	verify := func(code string) (*idp.VerifySoftwareTokenOutput, error) {
		return u.api.VerifySoftwareToken(t.Context(), &idp.VerifySoftwareTokenInput{AccessToken: tokens.AccessToken, UserCode: &code})
	}
	_, err = verify("000000")
	wantRefusal[*types.EnableSoftwareTokenMFAException](t, err, "Code mismatch and fail enable Software Token MFA")
	verified, err := verify(totp(t, *out.SecretCode, 0))
	if err != nil || verified.Status != types.VerifySoftwareTokenResponseTypeSuccess {
		t.Fatalf("verified: %v, %v", verified, err)
	}
	_, err = u.api.SetUserMFAPreference(t.Context(), &idp.SetUserMFAPreferenceInput{
		AccessToken: tokens.AccessToken, SoftwareTokenMfaSettings: &types.SoftwareTokenMfaSettingsType{Enabled: true, PreferredMfa: true},
	})
	if err != nil {
		t.Fatal(err)
	}
	challenge, err := u.withSRP(t, webClient, "anaya", password)
	if err != nil || challenge.ChallengeName != types.ChallengeNameTypeSoftwareTokenMfa {
		t.Fatalf("challenge %v, %v", challenge, err)
	}
	answer := func(code string) (*idp.RespondToAuthChallengeOutput, error) {
		return u.respond(t, webClient, challenge.ChallengeName, challenge.Session, map[string]string{
			"USERNAME": "anaya", "SOFTWARE_TOKEN_MFA_CODE": code,
		})
	}
	_, err = answer("000000")
	wantRefusal[*types.CodeMismatchException](t, err, "Invalid code received for user")
	done, err := answer(totp(t, *out.SecretCode, 1))
	if err != nil {
		t.Fatal(err)
	}
	u.check(t, done.AuthenticationResult)
}
