package grpcauth_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/bearer"
	"github.com/poolguard/poolguard/cognito/cognitotest"
	"github.com/poolguard/poolguard/cognito/grpcauth"
)

// A row is a code of package cognito, made to happen.
type row struct {
	status  codes.Code
	require []cognito.Requirement
	use     cognito.TokenUse
	revoked func(context.Context, cognito.Token, cognito.Raw) (bool, error)
	header  func(*cognitotest.Pool) string // the value of authorization, "" for none
	meta    map[string]string              // in the ErrorInfo, beside the code
}

func access(options ...cognitotest.TokenOption) func(*cognitotest.Pool) string {
	return func(p *cognitotest.Pool) string { return "Bearer " + p.AccessToken(options...) }
}

func text(s string) func(*cognitotest.Pool) string {
	return func(*cognitotest.Pool) string { return s }
}

func idToken(p *cognitotest.Pool) string { return "Bearer " + p.IDToken() }

func rows() map[cognito.Code]row {
	bad := func(meta string, header func(*cognitotest.Pool) string) row {
		r := row{status: codes.Unauthenticated, header: header}
		if meta != "" {
			r.meta = map[string]string{"claim": meta}
		}
		return r
	}
	needs := func(status codes.Code, r cognito.Requirement, meta map[string]string) row {
		return row{status: status, require: []cognito.Requirement{r}, header: access(cognitotest.SignedInAgo(time.Hour)), meta: meta}
	}
	check := func(err error) cognito.Requirement {
		return cognito.Require(func(context.Context, cognito.Token) error { return err })
	}
	return map[cognito.Code]row{
		cognito.ErrTokenMissing:        bad("", text("")),
		cognito.ErrRequestInvalid:      bad("", text("Bearer two words")),
		cognito.ErrTokenTooLarge:       bad("", access(cognitotest.Claim("x", strings.Repeat("x", 20<<10)))),
		cognito.ErrEncryptedToken:      bad("", func(p *cognitotest.Pool) string { return "Bearer " + p.RefreshToken() }),
		cognito.ErrTokenMalformed:      bad("", text("Bearer opaque")),
		cognito.ErrAlgorithmNotAllowed: bad("alg", access(cognitotest.Algorithm("HS256"))),
		cognito.ErrIssuerMismatch:      bad("iss", access(cognitotest.Claim("iss", "https://issuer.example"))),
		cognito.ErrKeyNotFound:         bad("kid", access(cognitotest.UnknownKey())),
		cognito.ErrSignatureInvalid:    bad("", access(cognitotest.WrongKey())),
		cognito.ErrClaimMissing:        bad("exp", access(cognitotest.WithoutClaim("exp"))),
		cognito.ErrClaimInvalid:        bad("exp", access(cognitotest.Claim("exp", "soon"))),
		cognito.ErrTokenUseMismatch:    bad("token_use", idToken),
		cognito.ErrClientMismatch:      bad("client_id", access(cognitotest.ForClient("another"))),
		cognito.ErrTokenExpired:        bad("exp", access(cognitotest.Expired())),
		cognito.ErrTokenNotYetValid:    bad("nbf", access(cognitotest.NotYetValid())),
		cognito.ErrAudienceMismatch:    bad("aud", access(cognitotest.Audience("https://other.example"))),
		cognito.ErrNonceMismatch: {
			status: codes.Unauthenticated, use: cognito.TokenUseID, require: []cognito.Requirement{cognito.RequireNonce("n")},
			header: idToken, meta: map[string]string{"claim": "nonce"},
		},
		cognito.ErrTokenRevoked: {
			status: codes.Unauthenticated, header: access(),
			revoked: func(context.Context, cognito.Token, cognito.Raw) (bool, error) { return true, nil },
		},

		cognito.ErrAuthenticationTooWeak: needs(codes.Unauthenticated, cognito.RequireACR("urn:cognito:loa:2"), map[string]string{"claim": "acr", "acr_values": "urn:cognito:loa:2"}),
		cognito.ErrAuthenticationTooOld:  needs(codes.Unauthenticated, cognito.RequireMaxAuthAge(time.Minute), map[string]string{"claim": "auth_time", "max_age": "60"}),
		cognito.ErrScopeMissing:          needs(codes.PermissionDenied, cognito.RequireScopes("orders/read", "orders/write"), map[string]string{"claim": "scope", "scopes": "orders/read orders/write"}),
		cognito.ErrGroupMissing:          needs(codes.PermissionDenied, cognito.RequireGroups("staff"), map[string]string{"claim": "cognito:groups"}),
		cognito.ErrClaimMismatch:         needs(codes.PermissionDenied, cognito.RequireClaim("tier", "gold"), map[string]string{"claim": "tier"}),
		cognito.ErrAccessDenied:          needs(codes.PermissionDenied, check(errors.New("a secret of the application")), nil),
		"quota_used_up":                  needs(codes.PermissionDenied, check(cognito.NewError("quota_used_up", "come back")), nil),
		"odd-1\xff\n":                    needs(codes.PermissionDenied, check(cognito.NewError("odd-1\xff\n", strings.Repeat("é\xff", 1000))), nil),

		cognito.ErrKeysUnavailable: {status: codes.Unavailable, header: func(p *cognitotest.Pool) string { p.FailKeySet(500); return access()(p) }},
		cognito.ErrCheckUnavailable: {status: codes.Unavailable, header: access(), revoked: func(context.Context, cognito.Token, cognito.Raw) (bool, error) {
			return false, errors.New("a secret of the application")
		}},
	}
}

// TestEveryCode: each code, to unary methods and streams, by requirements of the rule
// and of all rules.
func TestEveryCode(t *testing.T) {
	t.Parallel()
	for code, row := range rows() {
		for _, everywhere := range []bool{false, true} {
			t.Run(fmt.Sprintf("%q %t", string(code), everywhere), func(t *testing.T) {
				t.Parallel()
				config := grpcauth.Config{Realm: "shop", Rules: []grpcauth.Rule{{Methods: []string{testService}, TokenUse: row.use, Require: row.require}}}
				if everywhere {
					config.Rules[0].Require, config.Require = nil, row.require
				}
				w := newWorld(t, config, option{trust: func(c *cognito.Config) { c.Revoked = row.revoked }})
				header, ctx := row.header(w.issuer.Pool()), t.Context()
				if header != "" {
					ctx = metadata.AppendToOutgoingContext(ctx, "authorization", header)
				}
				var trailer, trailer2 metadata.MD
				_, err := w.unary(ctx, grpc.Trailer(&trailer))
				row.check(t, code, header, err, trailer)
				_, _, err = w.duplex(ctx, grpc.Trailer(&trailer2))
				row.check(t, code, header, err, trailer2)
				row.checkLogs(t, w, code, header)
			})
		}
	}
}

func (r row) check(t *testing.T, code cognito.Code, header string, err error, trailer metadata.MD) {
	t.Helper()
	st := status.Convert(err)
	valid := cognito.Code(strings.ToValidUTF8(string(code), "\uFFFD"))
	if st.Code() != r.status || grpcauth.CodeOf(err) != valid || !strings.HasPrefix(st.Message(), string(valid)+": ") || len(st.Message()) > 600 {
		t.Errorf("%v, code %q; want %v", err, string(grpcauth.CodeOf(err)), r.status)
	}
	if strings.Contains(fmt.Sprint(st.Proto(), trailer), "secret") {
		t.Errorf("%v tells more than it should", st)
	}
	assertNoToken(t, header, fmt.Sprint(st.Proto(), trailer))
	var info *errdetails.ErrorInfo
	var retry *errdetails.RetryInfo
	for _, detail := range st.Details() {
		switch detail := detail.(type) {
		case *errdetails.ErrorInfo:
			info = detail
		case *errdetails.RetryInfo:
			retry = detail
		default:
			t.Errorf("a detail of type %T", detail)
		}
	}
	meta := map[string]string{"code": string(valid)}
	for name, value := range r.meta {
		meta[name] = value
	}
	if info.GetDomain() != grpcauth.ErrorDomain || fmt.Sprint(info.GetMetadata()) != fmt.Sprint(meta) {
		t.Errorf("%v, want the metadata %v", info, meta)
	}
	reason := strings.ToUpper(string(code))
	if code == "odd-1\xff\n" {
		reason = "ODD_1____" // U+FFFD has three bytes
	}
	if info.GetReason() != reason {
		t.Errorf("the reason %q, want %q", info.GetReason(), reason)
	}
	temporary := r.status == codes.Unavailable
	if (retry != nil) != temporary || temporary && retry.GetRetryDelay().AsDuration() < time.Second {
		t.Errorf("retry: %v", retry)
	}
	// What it would be over HTTP, by package bearer.
	challenges := trailer["www-authenticate"]
	if temporary != (len(challenges) == 0) || !temporary && (len(challenges) != 1 || !strings.HasPrefix(challenges[0], bearer.Challenge(cognito.ErrTokenMissing, "shop"))) {
		t.Errorf("the challenges are %q", challenges)
	}
	if code == cognito.ErrScopeMissing && !strings.HasSuffix(challenges[0], `, scope="orders/read orders/write"`) {
		t.Errorf("the challenges are %q", challenges)
	}
}

func (r row) checkLogs(t *testing.T, w *world, code cognito.Code, header string) {
	t.Helper()
	assertNoToken(t, header, w.logs.String())
	lines := strings.Split(strings.TrimSpace(w.logs.String()), "\n")
	// The second line comes within the second of the first one.
	levels := []string{map[bool]string{true: `"WARN"`, false: `"INFO"`}[r.status == codes.Unavailable], `"DEBUG"`}
	for n, method := range []string{unaryCall, duplexCall} {
		if len(lines) != 2 || !strings.Contains(lines[n], levels[n]) || !strings.Contains(lines[n], method) || code != "odd-1\xff\n" && !strings.Contains(lines[n], `"`+string(code)+`"`) {
			t.Errorf("logged %s", w.logs)
		}
	}
}

// assertNoToken looks for pieces of the token.
func assertNoToken(t *testing.T, header, text string) {
	t.Helper()
	for part := range strings.FieldsFuncSeq(header, func(c rune) bool { return c == '.' || c == ' ' }) {
		if len(part) > 8 && strings.Contains(text, part) {
			t.Errorf("a piece of the token is in %s", text)
		}
	}
}

// TestRowsAreComplete: no code of the library is without a row.
func TestRowsAreComplete(t *testing.T) {
	t.Parallel()
	all := rows()
	for _, code := range cognito.Codes() {
		if _, ok := all[code]; !ok {
			t.Errorf("%q is not among the rows", string(code))
		}
	}
}

// TestForeignErrors: what is no verdict says only that there is none.
func TestForeignErrors(t *testing.T) {
	t.Parallel()
	var none *cognito.Error
	for _, err := range []error{nil, errors.New("secret"), none, fmt.Errorf("secret: %w", none), context.Canceled, cognito.Code(""), status.Error(codes.OK, "secret")} {
		st := grpcauth.Status(err)
		if st.Code() != codes.Unavailable || strings.Contains(st.Proto().String(), "secret") || grpcauth.CodeOf(st.Err()) != cognito.ErrCheckUnavailable {
			t.Errorf("%v: %v", err, st)
		}
	}
	for _, err := range []error{fmt.Errorf("secret: %w", cognito.ErrTokenExpired), fmt.Errorf("secret: %w", cognito.NewError(cognito.ErrTokenExpired, ""))} {
		if st := grpcauth.Status(err); st.Code() != codes.Unauthenticated || strings.Contains(st.Proto().String(), "secret") {
			t.Errorf("%v: %v", err, st)
		}
	}
}

func TestCodeOf(t *testing.T) {
	t.Parallel()
	elsewhere, err := status.New(codes.Unauthenticated, "x").WithDetails(
		&errdetails.ErrorInfo{Domain: "elsewhere.example", Metadata: map[string]string{"code": "token_expired"}},
		&errdetails.ErrorInfo{Domain: grpcauth.ErrorDomain, Metadata: map[string]string{"code": "token_revoked"}},
	)
	if err != nil {
		t.Fatal(err)
	}
	for want, errs := range map[cognito.Code][]error{
		"":                      {nil, errors.New("x"), status.Error(codes.Unauthenticated, "token_expired: x"), cognito.ErrTokenExpired},
		cognito.ErrTokenRevoked: {elsewhere.Err(), fmt.Errorf("wrapped: %w", elsewhere.Err())},
	} {
		for _, err := range errs {
			if got := grpcauth.CodeOf(err); got != want {
				t.Errorf("%v: %q, want %q", err, string(got), string(want))
			}
		}
	}
}
