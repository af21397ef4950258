package exchange

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"strings"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/oauth"
	"github.com/poolguard/poolguard/internal/report"
)

// An Answer is what the token endpoint answered, by its names, and what became of the
// verification: an object for each token, by its kind.
type Answer struct {
	AccessToken  string                     `json:"access_token"`
	IDToken      string                     `json:"id_token,omitempty"`
	RefreshToken string                     `json:"refresh_token,omitempty"`
	TokenType    string                     `json:"token_type"`
	ExpiresIn    int64                      `json:"expires_in,omitempty"`
	Verification map[string]json.RawMessage `json:"verification,omitempty"`
}

// A Refusal is the output if there are no tokens.
type Refusal struct {
	Error RefusalError `json:"error"`
}

// A RefusalError says why there are no tokens. Reported and Description are those of the
// endpoint.
type RefusalError struct {
	Code        oauth.Code `json:"code"`
	Message     string     `json:"message"`
	Reported    string     `json:"reported,omitempty"`
	Description string     `json:"description,omitempty"`
}

// NewRefusal returns the output for an error.
func NewRefusal(e *oauth.Error) Refusal {
	return Refusal{RefusalError{e.Code(), e.Message(), e.Reported(), e.Description()}}
}

// Run sends the code and returns the tokens, which nothing has verified yet. The error is an
// [*oauth.Error], or the faults of the options, each by the name of its flag.
func (e *Exchange) Run(ctx context.Context) (*Answer, error) {
	tokens, err := oauth.ExchangeUnverified(ctx, e.request)
	if _, refused := errors.AsType[*oauth.Error](err); refused {
		return nil, err
	}
	if err != nil {
		return nil, errors.New(flagOf.Replace(err.Error()))
	}
	return &Answer{
		AccessToken: string(tokens.RawAccess), IDToken: string(tokens.RawID), RefreshToken: string(tokens.Refresh),
		TokenType: "Bearer", ExpiresIn: int64(tokens.ExpiresIn.Seconds()),
	}, nil
}

// flagOf has the flags that the fields of the request come from.
var flagOf = strings.NewReplacer("oauth: CodeExchange.App.ClientSecret", "--client-secret-file", "oauth: CodeExchange.App.ClientID", "--client-id",
	"oauth: CodeExchange.App.Domain", "--domain", "oauth: CodeExchange.RedirectURL", "--redirect-uri",
	"oauth: CodeExchange.CodeVerifier", "--code-verifier", "oauth: CodeExchange.Code", "--code")

// Verifies reports whether the operator named the user pool of the tokens.
func (e *Exchange) Verifies() bool { return e.verifier != nil }

// Verify adds to an answer what becomes of each token, in the words of poolguard verify,
// and returns the outcomes.
func (e *Exchange) Verify(ctx context.Context, a *Answer) *report.Tally {
	a.Verification = map[string]json.RawMessage{}
	all := &report.Tally{}
	add := func(name string, token report.Token, err error) {
		o := &report.Outcome{}
		var result any
		if err != nil {
			if !errors.As(err, &o.Refusal) {
				o.Refusal = cognito.NewError(cognito.ErrCheckUnavailable, err.Error())
			}
			result = report.Rejected{Error: report.Failure{Code: o.Refusal.Code(), Message: cmp.Or(o.Refusal.Detail(), "refused")}}
		} else {
			o.Token = token
			result = report.NewValid(token)
		}
		all.Add(o)
		if text, err := json.Marshal(result); err == nil {
			a.Verification[name] = text
		}
	}
	access, err := e.verifier.VerifyAccessToken(ctx, a.AccessToken)
	add("access", access, err)
	if a.IDToken != "" {
		id, err := e.verifier.VerifyIDToken(ctx, a.IDToken)
		add("id", id, err)
	}
	return all
}
