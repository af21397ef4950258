package api

import (
	"context"
	"errors"
	"slices"

	"github.com/poolguard/poolguard/userpool/internal/authflow"
	"github.com/poolguard/poolguard/userpool/internal/directory"
)

// authAccess judges the access token of a request whose other members have passed
// the checks of c. It must have the scope that lets users change their own account.
func (a *API) authAccess(ctx context.Context, c constraints, token string) (authflow.Access, error) {
	c.required("accessToken", token, tokenShape)
	if err := c.err(); err != nil {
		return authflow.Access{}, err
	}
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
func (a *API) authUser(ctx context.Context, in userRequest) (directory.Pool, directory.User, error) {
	pool, err := a.poolOf(ctx, in.check(), in.UserPoolID)
	if err != nil {
		return pool, directory.User{}, err
	}
	u, err := a.Accounts.User(ctx, pool, in.Username)
	return pool, u, err
}

// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_GlobalSignOut.html
func (a *API) globalSignOut(ctx context.Context, in tokenRequest) (empty, error) {
	access, err := a.authAccess(ctx, nil, in.AccessToken)
	if err != nil {
		return empty{}, err
	}
	return empty{}, a.SignIns.SignOut(ctx, access.Pool, access.User)
}

// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminUserGlobalSignOut.html
func (a *API) adminUserGlobalSignOut(ctx context.Context, in userRequest) (empty, error) {
	pool, u, err := a.authUser(ctx, in)
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

func (in *softwareTokenInput) check(c *constraints) error {
	c.optional("accessToken", in.AccessToken, tokenShape)
	c.optional("session", in.Session, sessionShape)
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
	if err := in.check(new(constraints)); err != nil {
		return nil, err
	}
	var out associateOutput
	var err error
	if in.Session != "" {
		out.SecretCode, out.Session, err = a.SignIns.AssociateSetup(ctx, in.Session)
	} else {
		var access authflow.Access
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
func (a *API) mfaAccess(ctx context.Context, token string) (authflow.Access, error) {
	access, err := a.authAccess(ctx, nil, token)
	if err == nil && (access.Pool.MFA == "" || access.Pool.MFA == "OFF") {
		err = authflow.ErrMFAOff
	}
	return access, err
}

type verifyOutput struct {
	Status  string
	Session string `json:",omitempty"`
}

// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_VerifySoftwareToken.html
func (a *API) verifySoftwareToken(ctx context.Context, in softwareTokenInput) (*verifyOutput, error) {
	var c constraints
	c.typed("userCode", in.UserCode, totpShape)
	if err := in.check(&c); err != nil {
		return nil, err
	}
	out := verifyOutput{Status: "SUCCESS"}
	var err error
	if in.Session != "" {
		out.Session, err = a.SignIns.VerifySetup(ctx, in.Session, in.UserCode)
	} else {
		var access authflow.Access
		if access, err = a.mfaAccess(ctx, in.AccessToken); err == nil {
			err = a.SignIns.VerifyTOTP(ctx, access.Pool, access.User, in.UserCode)
		}
	}
	if errors.Is(err, authflow.ErrWrongCode) {
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
	userRequest        // of AdminSetUserMFAPreference
	AccessToken string // of SetUserMFAPreference

	SMSMfaSettings           *mfaSettings
	SoftwareTokenMfaSettings *mfaSettings
	EmailMfaSettings         *mfaSettings
	WebAuthnMfaSettings      *mfaSettings
}

// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_SetUserMFAPreference.html
func (a *API) setUserMFAPreference(ctx context.Context, in preferenceInput) (empty, error) {
	access, err := a.authAccess(ctx, nil, in.AccessToken)
	if err != nil {
		return empty{}, err
	}
	return empty{}, a.setPreference(ctx, access.Pool, access.User, in)
}

// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminSetUserMFAPreference.html
func (a *API) adminSetUserMFAPreference(ctx context.Context, in preferenceInput) (empty, error) {
	pool, u, err := a.authUser(ctx, in.userRequest)
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
	case errors.Is(err, authflow.ErrNoTOTP):
		return invalidParameter("User has not set up software token mfa")
	case errors.Is(err, authflow.ErrTOTPPending):
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
func (a *API) getUserAuthFactors(ctx context.Context, in tokenRequest) (*authFactorsOutput, error) {
	access, err := a.authAccess(ctx, nil, in.AccessToken)
	if err != nil {
		return nil, err
	}
	out := &authFactorsOutput{Username: access.User.Username, ConfiguredUserAuthFactors: []string{"PASSWORD"}}
	if access.User.TOTPEnabled {
		out.PreferredMfaSetting, out.UserMFASettingList = authflow.ChallengeTOTP, []string{authflow.ChallengeTOTP}
	}
	return out, nil
}
