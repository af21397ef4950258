package grpcauth

import (
	"strconv"
	"strings"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/protoadapt"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/internal/rule"
)

// ErrorDomain is the domain of the ErrorInfo of refusals.
const ErrorDomain = "github.com/poolguard/poolguard/cognito"

// Names in the metadata of the ErrorInfo.
const (
	metaCode   = "code"       // the code, as it is spelled everywhere
	metaClaim  = "claim"      // the claim that decided
	metaScopes = "scopes"     // that are needed, separated by spaces
	metaACR    = "acr_values" // that is needed
	metaMaxAge = "max_age"    // seconds since the user's authentication, at most
)

// statuses has the gRPC code of each code of package cognito.
var statuses = map[cognito.Code]codes.Code{
	cognito.ErrTokenMissing:   codes.Unauthenticated,
	cognito.ErrRequestInvalid: codes.Unauthenticated,

	cognito.ErrTokenTooLarge:       codes.Unauthenticated,
	cognito.ErrEncryptedToken:      codes.Unauthenticated,
	cognito.ErrTokenMalformed:      codes.Unauthenticated,
	cognito.ErrAlgorithmNotAllowed: codes.Unauthenticated,
	cognito.ErrIssuerMismatch:      codes.Unauthenticated,
	cognito.ErrKeyNotFound:         codes.Unauthenticated,
	cognito.ErrSignatureInvalid:    codes.Unauthenticated,
	cognito.ErrClaimMissing:        codes.Unauthenticated,
	cognito.ErrClaimInvalid:        codes.Unauthenticated,
	cognito.ErrTokenUseMismatch:    codes.Unauthenticated,
	cognito.ErrClientMismatch:      codes.Unauthenticated,
	cognito.ErrTokenExpired:        codes.Unauthenticated,
	cognito.ErrTokenNotYetValid:    codes.Unauthenticated,
	cognito.ErrAudienceMismatch:    codes.Unauthenticated,
	cognito.ErrNonceMismatch:       codes.Unauthenticated,
	cognito.ErrTokenRevoked:        codes.Unauthenticated,

	// The user can sign in again.
	cognito.ErrAuthenticationTooWeak: codes.Unauthenticated,
	cognito.ErrAuthenticationTooOld:  codes.Unauthenticated,

	cognito.ErrScopeMissing:  codes.PermissionDenied,
	cognito.ErrGroupMissing:  codes.PermissionDenied,
	cognito.ErrClaimMismatch: codes.PermissionDenied,
	cognito.ErrAccessDenied:  codes.PermissionDenied,

	cognito.ErrKeysUnavailable:  codes.Unavailable,
	cognito.ErrCheckUnavailable: codes.Unavailable,
}

// Status returns the status for an error of verification, as the interceptors return it.
// Use it in methods that verify more than a rule can express. The status is
// Unauthenticated, PermissionDenied or Unavailable. nil, and an error that is not of
// package cognito, are Unavailable: it is unknown whether the call is allowed. A code
// that package cognito does not define comes from a check of the application, which
// refused a good token. It is PermissionDenied.
//
// The ErrorInfo has the code in capitals as its reason, and [ErrorDomain]. Its metadata
// has code (unchanged), claim and the missing requirement: scopes, acr_values, or max_age
// in seconds. The status contains no more of the error than [cognito.Error.Message].
func Status(err error) *status.Status {
	e := refusal(err)
	code := codeFor(e)
	plain := status.New(code, short(string(e.Code())+": "+e.Message()))
	details := []protoadapt.MessageV1{protoadapt.MessageV1Of(errorInfo(e))}
	if code == codes.Unavailable {
		// At least a second: with 0, all clients would retry at once.
		details = append(details, protoadapt.MessageV1Of(&errdetails.RetryInfo{RetryDelay: durationpb.New(max(e.RetryAfter(), time.Second))}))
	}
	detailed, err := plain.WithDetails(details...)
	if err != nil { // not with the details above
		return plain
	}
	return detailed
}

func codeFor(e *cognito.Error) codes.Code {
	if code, ok := statuses[e.Code()]; ok {
		return code
	}
	return codes.PermissionDenied
}

func errorInfo(e *cognito.Error) *errdetails.ErrorInfo {
	info := &errdetails.ErrorInfo{Reason: reason(e.Code()), Domain: ErrorDomain, Metadata: map[string]string{}}
	set := func(name, value string) {
		if value != "" {
			info.Metadata[name] = short(value)
		}
	}
	set(metaCode, string(e.Code()))
	set(metaClaim, e.Claim())
	set(metaScopes, strings.Join(e.RequiredScopes(), " "))
	set(metaACR, e.RequiredACR())
	if age := e.RequiredMaxAge(); age > 0 {
		set(metaMaxAge, strconv.FormatInt(int64(age/time.Second), 10))
	}
	return info
}

// reason returns a code in the form of ErrorInfo: capitals, digits and underscores, at
// most 63 of them.
func reason(code cognito.Code) string {
	const longest = 63
	b := []byte(strings.ToUpper(string(code)))
	for n, c := range b {
		if (c < 'A' || c > 'Z') && (c < '0' || c > '9') {
			b[n] = '_'
		}
	}
	return string(b[:min(len(b), longest)])
}

// refusal returns the error of package cognito in err, as [rule.Refusal] does.
func refusal(err error) *cognito.Error { return rule.Refusal(err, "call") }

// short shortens a text of an application's check for a status: protobuf accepts only
// UTF-8, and clients refuse long headers.
func short(s string) string {
	const longest = 500
	s = strings.ToValidUTF8(s, "\uFFFD")
	if len(s) > longest {
		s = strings.ToValidUTF8(s[:longest], "") + "..."
	}
	return s
}

// CodeOf returns the code of package cognito in the error of a call that the server's
// interceptors refused. It is "" for every other error and for nil. The code is only as
// trustworthy as the server.
func CodeOf(err error) cognito.Code {
	st, ok := status.FromError(err)
	if !ok {
		return ""
	}
	for _, detail := range st.Details() {
		if info, ok := detail.(*errdetails.ErrorInfo); ok && info.GetDomain() == ErrorDomain {
			return cognito.Code(info.GetMetadata()[metaCode])
		}
	}
	return ""
}
