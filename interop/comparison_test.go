package interop

import (
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/cognitotest"
)

// What the tables' tokens are for.
const (
	web, cli = "web", "cli"
	resource = "https://orders.example.com"
)

// A comparison has two verifiers with the same rules, and user pools with tokens for them.
type comparison struct {
	first, second, switched, foreign *cognitotest.Pool // no verifier trusts the last one

	keySets  string // origin
	verifier *cognito.Verifier
}

func newComparison(t *testing.T) *comparison {
	t.Helper()
	issuer := cognitotest.NewIssuer() // its clock stands at the present, which is Node's
	c := &comparison{
		first:    issuer.Pool(),
		second:   issuer.AddPool("eu-central-1_Test00002", web, cli),
		switched: issuer.AddPool("us-gov-west-1_Test00003", web),
	}
	c.switched.SwitchIssuer()
	config := issuer.Config()
	for n := range config.UserPools {
		config.UserPools[n].Audiences = []string{resource, "urn:orders"}
	}
	var err error
	if c.verifier, err = cognito.New(config); err != nil {
		t.Fatal(err)
	}
	c.foreign = issuer.AddPool("us-east-1_Foreign04", web)
	server := httptest.NewServer(issuer.Handler())
	t.Cleanup(server.Close)
	c.keySets = server.URL
	return c
}

// A row is a token, and the kind that is asked for.
type row struct {
	name  string
	use   cognito.TokenUse
	token string
}

// verify returns the verdicts of both verifiers on all rows.
func (c *comparison) verify(t *testing.T, rows []row) (ours, theirs []opinion) {
	t.Helper()
	pools := []jobPool{
		{UserPoolID: c.first.ID(), ClientID: []string{c.first.ClientID()}},
		{UserPoolID: c.second.ID(), ClientID: []string{web, cli}},
		{UserPoolID: c.switched.ID(), ClientID: []string{web}},
	}
	var jobs []job
	for _, r := range rows {
		jobs = append(jobs, job{pools, r.use, r.token})
		ours = append(ours, c.ask(t, r))
	}
	for _, v := range askAWS(t, c.keySets, jobs) {
		theirs = append(theirs, opinion{accepted: v.Valid, payload: v.Payload, reason: v.Error})
	}
	return ours, theirs
}

// An opinion is what was read, or why a token was refused.
type opinion struct {
	accepted bool
	reason   string
	claims   *claims         // ours
	payload  json.RawMessage // theirs
}

// claims are what was read out of a token: those that have a method in this
// project's types, and the whole payload.
type claims struct {
	Subject, Client, Username, Nonce, ACR string
	Groups, Scopes                        []string
	IssuedAt, ExpiresAt, AuthTime         float64
	Payload                               any
}

func (c *comparison) ask(t *testing.T, r row) opinion {
	t.Helper()
	var token cognito.Token
	var err error
	if r.use == cognito.TokenUseID {
		token, err = c.verifier.VerifyIDToken(t.Context(), r.token)
	} else {
		token, err = c.verifier.VerifyAccessToken(t.Context(), r.token)
	}
	if err != nil {
		return opinion{reason: string(cognito.CodeOf(err))}
	}
	either, err := c.verifier.VerifyEither(t.Context(), r.token)
	if err != nil || either.String() != token.String() {
		t.Errorf("%s: VerifyEither says %v, %v", r.name, either, err)
	}
	return opinion{accepted: true, claims: claimsOfToken(t, token)}
}

func claimsOfToken(t *testing.T, token cognito.Token) *claims {
	t.Helper()
	var c claims
	var raw json.RawMessage
	switch token := token.(type) {
	case *cognito.AccessToken:
		c = claims{
			Subject: token.Subject(), Client: token.ClientID(), Username: token.Username(), ACR: token.ACR(),
			Groups: token.Groups().Slice(), Scopes: token.Scopes().Slice(),
			IssuedAt: seconds(token.IssuedAt()), ExpiresAt: seconds(token.ExpiresAt()), AuthTime: seconds(token.AuthTime()),
		}
		raw = token.RawClaims()
	case *cognito.IDToken:
		c = claims{
			Subject: token.Subject(), Client: token.ClientID(), Username: token.Username(), Nonce: token.Nonce(), ACR: token.ACR(),
			Groups: token.Groups().Slice(), Scopes: []string{},
			IssuedAt: seconds(token.IssuedAt()), ExpiresAt: seconds(token.ExpiresAt()), AuthTime: seconds(token.AuthTime()),
		}
		raw = token.RawClaims()
	}
	if err := json.Unmarshal(raw, &c.Payload); err != nil {
		t.Errorf("RawClaims: %v", err)
	}
	return &c
}

// seconds is a NumericDate, 0 for none. Tokens here have microseconds at the most.
func seconds(at time.Time) float64 {
	if at.IsZero() {
		return 0
	}
	return float64(at.UnixMicro()) / 1e6
}

// claimsOfPayload reads the payload that aws-jwt-verify returns, which has no
// methods, as its users would.
func claimsOfPayload(t *testing.T, payload json.RawMessage) *claims {
	t.Helper()
	var p struct {
		Sub             string
		Aud             any
		ClientID        string `json:"client_id"`
		Username        string `json:"username"`
		CognitoUsername string `json:"cognito:username"`
		Use             string `json:"token_use"`
		Nonce, ACR      string
		Groups          []string `json:"cognito:groups"`
		Scope           string
		Iat, Exp        float64
		AuthTime        float64 `json:"auth_time"`
	}
	c := &claims{Groups: []string{}, Scopes: []string{}}
	if err := json.Unmarshal(payload, &p); err != nil {
		t.Fatalf("payload %s: %v", payload, err)
	}
	if err := json.Unmarshal(payload, &c.Payload); err != nil {
		t.Fatal(err)
	}
	c.Subject, c.Client, c.Username, c.Nonce, c.ACR = p.Sub, p.ClientID, p.Username, p.Nonce, p.ACR
	if p.Use == "id" {
		c.Client, _ = p.Aud.(string)
		c.Username = p.CognitoUsername
	} else {
		c.Scopes = append(c.Scopes, strings.Fields(p.Scope)...)
		c.Nonce = ""
	}
	c.Groups = append(c.Groups, p.Groups...)
	c.IssuedAt, c.ExpiresAt, c.AuthTime = p.Iat, p.Exp, p.AuthTime
	return c
}
