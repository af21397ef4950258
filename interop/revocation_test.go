package interop

import (
	"net/http"
	"net/url"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	idp "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/revocation"
	"github.com/poolguard/poolguard/userpool"
)

// newLocalSDKUser is [newSDKUser] at a pool whose issuer is its own address.
func newLocalSDKUser(t *testing.T) *sdkUser {
	t.Helper()
	s := serve(t, servedOptions{issuer: userpool.IssuerLocal})
	return &sdkUser{s, idp.New(idp.Options{
		Region: region, BaseEndpoint: aws.String(s.URL), RetryMaxAttempts: 1,
		Credentials: credentials.NewStaticCredentialsProvider("local", "local", ""),
		HTTPClient:  &http.Client{Transport: whole{}},
	})}
}

// An onlineJudge verifies tokens of a served pool and asks the pool whether they are
// revoked, by a clock that is moved by hand.
type onlineJudge struct {
	*cognito.Verifier
	passed atomic.Int64 // on the clock, since the present
}

const onlineMaxAge = time.Minute

func newOnlineJudge(t *testing.T, u *sdkUser) *onlineJudge {
	t.Helper()
	j := &onlineJudge{}
	online, err := revocation.NewOnline(revocation.OnlineConfig{
		UserPools: []revocation.OnlineUserPool{{ID: poolID, Domain: u.URL, GetUser: true, Endpoint: u.URL}},
		MaxAge:    onlineMaxAge,
		Now:       func() time.Time { return time.Now().Add(time.Duration(j.passed.Load())) },
	})
	if err != nil {
		t.Fatal(err)
	}
	j.Verifier, err = cognito.New(cognito.Config{
		UserPools: []cognito.UserPool{{ID: poolID, ClientIDs: allClients, Issuer: u.Issuer}},
		Revoked:   online.Revoked,
	})
	if err != nil {
		t.Fatal(err)
	}
	return j
}

func (j *onlineJudge) wantCode(t *testing.T, raw string, want cognito.Code) {
	t.Helper()
	if _, err := j.VerifyEither(t.Context(), raw); cognito.CodeOf(err) != want {
		t.Errorf("verdict %v, want %q", err, string(want))
	}
}

// TestRevocationOnline revokes tokens of the local pool in each way that Cognito has,
// and has the library ask the pool about them: those of a browser's sign-in at userInfo,
// those of the API by GetUser.
func TestRevocationOnline(t *testing.T) {
	t.Parallel()
	for name, revoke := range map[string]func(u *sdkUser, access, refresh string) error{
		"GlobalSignOut": func(u *sdkUser, access, _ string) error {
			// It takes the API's tokens alone, and ends those of the browser too.
			_, err := u.api.GlobalSignOut(t.Context(), &idp.GlobalSignOutInput{AccessToken: &access})
			return err
		},
		"RevokeToken": func(u *sdkUser, _, refresh string) error {
			_, err := u.api.RevokeToken(t.Context(), &idp.RevokeTokenInput{ClientId: aws.String(webClient), Token: &refresh})
			return err
		},
		"AdminUserGlobalSignOut": func(u *sdkUser, _, _ string) error {
			_, err := u.api.AdminUserGlobalSignOut(t.Context(), &idp.AdminUserGlobalSignOutInput{UserPoolId: thePool, Username: aws.String("anaya")})
			return err
		},
		"AdminDisableUser": func(u *sdkUser, _, _ string) error {
			_, err := u.api.AdminDisableUser(t.Context(), &idp.AdminDisableUserInput{UserPoolId: thePool, Username: aws.String("anaya")})
			return err
		},
		"AdminDeleteUser": func(u *sdkUser, _, _ string) error {
			_, err := u.api.AdminDeleteUser(t.Context(), &idp.AdminDeleteUserInput{UserPoolId: thePool, Username: aws.String("anaya")})
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			u := newLocalSDKUser(t)
			judge := newOnlineJudge(t, u)
			browser := newOwnClient(t, u.served, webClient, "").signIn(t)
			api, err := u.withPassword(t, webClient, "anaya", password)
			if err != nil {
				t.Fatal(err)
			}
			atUserInfo, byGetUser := string(browser.RawAccess), *api.AuthenticationResult.AccessToken
			judge.wantCode(t, atUserInfo, "")
			judge.wantCode(t, byGetUser, "")
			judge.wantCode(t, string(browser.RawID), cognito.ErrAccessDenied)

			if err := revoke(u, byGetUser, *api.AuthenticationResult.RefreshToken); err != nil {
				t.Fatal(err)
			}
			if name == "RevokeToken" { // which is about one sign-in
				if err := revoke(u, "", string(browser.Refresh)); err != nil {
					t.Fatal(err)
				}
			}
			judge.wantCode(t, atUserInfo, "") // as was heard within the minute
			judge.wantCode(t, byGetUser, "")
			judge.passed.Store(int64(onlineMaxAge))
			judge.wantCode(t, atUserInfo, cognito.ErrTokenRevoked)
			judge.wantCode(t, byGetUser, cognito.ErrTokenRevoked)
		})
	}
}

// TestRevocationOnlineOfMachines: no endpoint takes their tokens.
func TestRevocationOnlineOfMachines(t *testing.T) {
	t.Parallel()
	u := newLocalSDKUser(t)
	token := redeem(t, u.URL, url.Values{"grant_type": {"client_credentials"}, "client_id": {machineClient}, "client_secret": {machineSecret}})
	newOnlineJudge(t, u).wantCode(t, token.Access, cognito.ErrAccessDenied)
}

// TestRevocationList has a sign-in revoked in the list, and refreshed at the pool:
// origin_jti and auth_time are what a refresh keeps.
func TestRevocationList(t *testing.T) {
	t.Parallel()
	for name, revoke := range map[string]func(*revocation.List, *cognito.AccessToken) error{
		"sign-in": func(l *revocation.List, token *cognito.AccessToken) error {
			return l.RevokeSignIn(token.UserPoolID(), token.OriginTokenID(), time.Time{})
		},
		"subject": func(l *revocation.List, token *cognito.AccessToken) error {
			return l.RevokeSubject(token.UserPoolID(), token.Subject(), time.Now())
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			u := newLocalSDKUser(t)
			list, err := revocation.NewList(revocation.ListConfig{})
			if err != nil {
				t.Fatal(err)
			}
			verifier, err := cognito.New(cognito.Config{
				UserPools: []cognito.UserPool{{ID: poolID, ClientIDs: allClients, Issuer: u.Issuer}},
				Revoked:   list.Revoked,
			})
			if err != nil {
				t.Fatal(err)
			}
			judge := &onlineJudge{Verifier: verifier}
			out, err := u.withPassword(t, webClient, "anaya", password)
			if err != nil {
				t.Fatal(err)
			}
			first := out.AuthenticationResult
			token, err := verifier.VerifyAccessToken(t.Context(), *first.AccessToken)
			if err != nil {
				t.Fatal(err)
			}
			if err := revoke(list, token); err != nil {
				t.Fatal(err)
			}
			u.pool.SetClockOffset(2 * time.Second) // auth_time is in whole seconds
			fresh, err := u.refresh(t, webClient, first.RefreshToken)
			if err != nil {
				t.Fatal(err)
			}
			again, err := u.withPassword(t, webClient, "anaya", password)
			if err != nil {
				t.Fatal(err)
			}
			for _, raw := range []*string{first.AccessToken, first.IdToken, fresh.AccessToken, fresh.IdToken} {
				judge.wantCode(t, *raw, cognito.ErrTokenRevoked)
			}
			judge.wantCode(t, *again.AuthenticationResult.AccessToken, "")
			judge.wantCode(t, *again.AuthenticationResult.IdToken, "")
		})
	}
}
