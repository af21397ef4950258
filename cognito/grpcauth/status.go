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

// statuses is the one place where codes become those of gRPC.
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

	// The caller can do something about it: sign in again, better.
	cognito.ErrAuthenticationTooWeak: codes.Unauthenticated,
	cognito.ErrAuthenticationTooOld:  codes.Unauthenticated,

	cognito.ErrScopeMissing:  codes.PermissionDenied,
	cognito.ErrGroupMissing:  codes.PermissionDenied,
	cognito.ErrClaimMismatch: codes.PermissionDenied,
	cognito.ErrAccessDenied:  codes.PermissionDenied,

	cognito.ErrKeysUnavailable:  codes.Unavailable,
	cognito.ErrCheckUnavailable: codes.Unavailable,
}

// Status returns the status for an error of verification, as the interceptors answer
// it: for methods that verify more than a rule can say. It is Unauthenticated,
// PermissionDenied or Unavailable, and the last for an error that is not of package
// cognito, nil too: it is not known whether the call may be made. A code that package
// cognito does not define is the application's own, from a check of its own that
// refused a good token, and PermissionDenied.
//
// The ErrorInfo has the code in capitals as reason, [ErrorDomain], and in metadata
// code, as it is, claim, and what would be needed: scopes, acr_values, max_age in
// seconds. No more of the error is in it than [cognito.Error.Message].
func Status(err error) *status.Status {
	e := refusal(err)
	code := codeFor(e)
	plain := status.New(code, short(string(e.Code())+": "+e.Message()))
	details := []protoadapt.MessageV1{protoadapt.MessageV1Of(errorInfo(e))}
	if code == codes.Unavailable {
		// A second at least: 0 would have every client come back at once.
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

// reason writes a code as ErrorInfo has it: capitals, digits and underscores, 63 at
// most.
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

// short makes the text of an application's check fit for a status: protobuf takes
// UTF-8 only, and clients refuse long headers.
func short(s string) string {
	const longest = 500
	s = strings.ToValidUTF8(s, "\uFFFD")
	if len(s) > longest {
		s = strings.ToValidUTF8(s[:longest], "") + "..."
	}
	return s
}

// CodeOf returns the code of package cognito in the error of a call that the
// interceptors of the other side refused, and "" for every other error and for nil.
// Believe it as far as the server is to be believed.
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
