package api

import (
	"context"
	"errors"
	"slices"

	"github.com/poolguard/poolguard/userpool/internal/directory"
	"github.com/poolguard/poolguard/userpool/internal/signin"
	"github.com/poolguard/poolguard/userpool/internal/store"
)

// authAccess judges the access token of a request. It must have the scope that
// lets users change their own account.
func (a *API) authAccess(ctx context.Context, token string) (signin.Access, error) {
	access, err := a.SignIns.CheckAccess(ctx, token)
	if err != nil {
		return access, err
	}
	if !slices.Contains(access.Scopes, scopeAPI) {
		return access, notAuthorized("Access Token does not have required scopes")
	}
	return access, nil
}

// authUser finds the user of an admin's request.
func (a *API) authUser(ctx context.Context, poolID, name string) (directory.Pool, directory.User, error) {
	var c memberFaults
	c.poolID(poolID)
	c.required("username", name, 1, 128, namePattern)
	if err := c.err(); err != nil {
		return directory.Pool{}, directory.User{}, err
	}
	pool, err := a.authPool(ctx, poolID)
	if err != nil {
		return pool, directory.User{}, err
	}
	var u directory.User
	err = a.Store.View(ctx, func(tx store.Tx) error {
		u, err = directory.FindUser(tx, pool, name)
		return err
	})
	if errors.Is(err, store.ErrNotFound) {
		err = signin.ErrNoUser
	}
	return pool, u, err
}

type accessInput struct{ AccessToken string }

func (in *accessInput) check() error {
	var c memberFaults
	c.required("accessToken", in.AccessToken, 1, maxToken, tokenPattern)
	return c.err()
}

// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_GlobalSignOut.html
func (a *API) globalSignOut(ctx context.Context, in accessInput) (empty, error) {
	if err := in.check(); err != nil {
		return empty{}, err
	}
	access, err := a.authAccess(ctx, in.AccessToken)
	if err != nil {
		return empty{}, err
	}
	return empty{}, a.SignIns.SignOut(ctx, access.Pool, access.User)
}

type adminUserInput struct {
	UserPoolID string `json:"UserPoolId"`
	Username   string
}

// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminUserGlobalSignOut.html
func (a *API) adminUserGlobalSignOut(ctx context.Context, in adminUserInput) (empty, error) {
	pool, u, err := a.authUser(ctx, in.UserPoolID, in.Username)
	if err != nil {
		return empty{}, err
	}
	return empty{}, a.SignIns.SignOut(ctx, pool, u)
}

// softwareTokenInput is the request of AssociateSoftwareToken, and with UserCode
// that of VerifySoftwareToken: either of AccessToken and Session says who asks.
type softwareTokenInput struct {
	AccessToken string
	Session     string
	UserCode    string
}

func (in *softwareTokenInput) check(c *memberFaults) error {
	c.optional("accessToken", in.AccessToken, 1, maxToken, tokenPattern)
	c.session(in.Session)
	if err := c.err(); err != nil {
		return err
	}
	if (in.AccessToken == "") == (in.Session == "") {
		return invalidParameter("Either AccessToken or Session must be provided") // a guess
	}
	return nil
}

type associateOutput struct {
	SecretCode string
	Session    string `json:",omitempty"`
}

// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AssociateSoftwareToken.html
func (a *API) associateSoftwareToken(ctx context.Context, in softwareTokenInput) (*associateOutput, error) {
	if err := in.check(new(memberFaults)); err != nil {
		return nil, err
	}
	var out associateOutput
	var err error
	if in.Session != "" {
		out.SecretCode, out.Session, err = a.SignIns.AssociateSetup(ctx, in.Session)
	} else {
		var access signin.Access
		if access, err = a.mfaAccess(ctx, in.AccessToken); err == nil {
			out.SecretCode, err = a.SignIns.AssociateTOTP(ctx, access.Pool, access.User)
		}
	}
	if err != nil {
		return nil, authError(directory.Client{}, err)
	}
	return &out, nil
}

// mfaAccess is authAccess for pools that have second factors.
func (a *API) mfaAccess(ctx context.Context, token string) (signin.Access, error) {
	access, err := a.authAccess(ctx, token)
	if err == nil && (access.Pool.MFA == "" || access.Pool.MFA == "OFF") {
		err = signin.ErrMFAOff
	}
	return access, err
}

type verifyOutput struct {
	Status  string
	Session string `json:",omitempty"`
}

// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_VerifySoftwareToken.html
func (a *API) verifySoftwareToken(ctx context.Context, in softwareTokenInput) (*verifyOutput, error) {
	var c memberFaults
	c.required("userCode", in.UserCode, 6, 6, codePattern)
	if err := in.check(&c); err != nil {
		return nil, err
	}
	out := verifyOutput{Status: "SUCCESS"}
	var err error
	if in.Session != "" {
		out.Session, err = a.SignIns.VerifySetup(ctx, in.Session, in.UserCode)
	} else {
		var access signin.Access
		if access, err = a.mfaAccess(ctx, in.AccessToken); err == nil {
			err = a.SignIns.VerifyTOTP(ctx, access.Pool, access.User, in.UserCode)
		}
	}
	if errors.Is(err, signin.ErrWrongCode) {
		return nil, exception("EnableSoftwareTokenMFAException", "Code mismatch and fail enable Software Token MFA")
	}
	if err != nil {
		return nil, authError(directory.Client{}, err)
	}
	return &out, nil
}

// mfaSettings is SMSMfaSettingsType and its like.
type mfaSettings struct{ Enabled, PreferredMfa bool }

func (m *mfaSettings) on() bool { return m != nil && (m.Enabled || m.PreferredMfa) }

type preferenceInput struct {
	AccessToken string
	UserPoolID  string `json:"UserPoolId"`
	Username    string

	SMSMfaSettings           *mfaSettings
	SoftwareTokenMfaSettings *mfaSettings
	EmailMfaSettings         *mfaSettings
	WebAuthnMfaSettings      *mfaSettings
}

// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_SetUserMFAPreference.html
func (a *API) setUserMFAPreference(ctx context.Context, in preferenceInput) (empty, error) {
	if err := (&accessInput{in.AccessToken}).check(); err != nil {
		return empty{}, err
	}
	access, err := a.authAccess(ctx, in.AccessToken)
	if err != nil {
		return empty{}, err
	}
	return empty{}, a.setPreference(ctx, access.Pool, access.User, in)
}

// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminSetUserMFAPreference.html
func (a *API) adminSetUserMFAPreference(ctx context.Context, in preferenceInput) (empty, error) {
	pool, u, err := a.authUser(ctx, in.UserPoolID, in.Username)
	if err != nil {
		return empty{}, err
	}
	return empty{}, a.setPreference(ctx, pool, u, in)
}

// setPreference sets the one second factor that there is here. Settings that are
// left out stay as they are.
func (a *API) setPreference(ctx context.Context, pool directory.Pool, u directory.User, in preferenceInput) error {
	// Seen for SOFTWARE_TOKEN_MFA; for the others a guess.
	const noDelivery = "User does not have delivery config set to turn on %s"
	switch software := in.SoftwareTokenMfaSettings; {
	case in.SMSMfaSettings.on():
		return invalidParameter(noDelivery, "SMS_MFA")
	case in.EmailMfaSettings.on():
		return invalidParameter(noDelivery, "EMAIL_OTP")
	case in.WebAuthnMfaSettings.on():
		return invalidParameter(noDelivery, "WEB_AUTHN")
	case software == nil:
		return nil
	case software.PreferredMfa && !software.Enabled:
		return invalidParameter("SoftwareTokenMfa can not be preferred when it is not enabled") // a guess
	}
	err := a.SignIns.EnableTOTP(ctx, pool, u, in.SoftwareTokenMfaSettings.Enabled)
	// The words that amazon-cognito-identity-js and Amplify look for.
	switch {
	case errors.Is(err, signin.ErrNoTOTP):
		return invalidParameter("User has not set up software token mfa")
	case errors.Is(err, signin.ErrTOTPPending):
		return invalidParameter("User has not verified software token mfa")
	}
	return err
}

type authFactorsOutput struct {
	Username                  string
	PreferredMfaSetting       string   `json:",omitempty"`
	UserMFASettingList        []string `json:",omitempty"`
	ConfiguredUserAuthFactors []string
}

// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_GetUserAuthFactors.html
func (a *API) getUserAuthFactors(ctx context.Context, in accessInput) (*authFactorsOutput, error) {
	if err := in.check(); err != nil {
		return nil, err
	}
	access, err := a.authAccess(ctx, in.AccessToken)
	if err != nil {
		return nil, err
	}
	out := &authFactorsOutput{Username: access.User.Username, ConfiguredUserAuthFactors: []string{"PASSWORD"}}
	if access.User.TOTPEnabled {
		out.PreferredMfaSetting, out.UserMFASettingList = signin.ChallengeTOTP, []string{signin.ChallengeTOTP}
	}
	return out, nil
}
