package cognito

// A Code is one reason for which a token is refused, or could not be verified. Codes
// are errors, so a program compares them with
//
//	errors.Is(err, cognito.ErrTokenExpired)
//
// The set is closed, and its spellings are the same in the command's JSON, in HTTP
// and gRPC answers and in metrics.
type Code string

// Error implements error. It returns the code with the name of the package.
func (c Code) Error() string { return "cognito: " + string(c) }

// The codes of refusal. The checks run in this order, and the first failure is
// reported. The requirements of a call decide about the last three groups.
const (
	// ErrTokenMissing: no credential came, or one of another scheme only.
	ErrTokenMissing Code = "token_missing"
	// ErrRequestInvalid: two credentials, or a malformed Authorization header.
	ErrRequestInvalid Code = "request_invalid"

	// ErrTokenTooLarge: longer than [Config.MaxTokenBytes].
	ErrTokenTooLarge Code = "token_too_large"
	// ErrEncryptedToken: five parts, the form of Cognito's refresh token.
	ErrEncryptedToken Code = "encrypted_token"
	// ErrTokenMalformed: not a JWS in compact form (RFC 7515 §7.1) whose header and
	// payload are one strict JSON object each.
	ErrTokenMalformed Code = "token_malformed"
	// ErrAlgorithmNotAllowed: alg is not RS256, the one algorithm of user pools.
	ErrAlgorithmNotAllowed Code = "algorithm_not_allowed"
	// ErrIssuerMismatch: iss is not the issuer of a configured user pool.
	ErrIssuerMismatch Code = "issuer_mismatch"
	// ErrKeyNotFound: the issuer's key set, fresh enough to tell, has no usable key
	// of the name in kid.
	ErrKeyNotFound Code = "key_not_found"
	// ErrSignatureInvalid: the signature is not valid under that key.
	ErrSignatureInvalid Code = "signature_invalid"

	// ErrClaimMissing: a claim that every token must have is absent.
	ErrClaimMissing Code = "claim_missing"
	// ErrClaimInvalid: a known claim is of the wrong JSON kind, or a time out of range.
	ErrClaimInvalid Code = "claim_invalid"
	// ErrTokenUseMismatch: an ID token where an access token is required, or the reverse.
	ErrTokenUseMismatch Code = "token_use_mismatch"
	// ErrClientMismatch: issued to an app client that is not configured.
	ErrClientMismatch Code = "client_mismatch"
	// ErrTokenExpired: the time in exp has passed.
	ErrTokenExpired Code = "token_expired"
	// ErrTokenNotYetValid: the time in nbf has not passed yet.
	ErrTokenNotYetValid Code = "token_not_yet_valid"
	// ErrAudienceMismatch: an access token bound to a resource (RFC 8707) that is not
	// configured, or not the one that the call requires.
	ErrAudienceMismatch Code = "audience_mismatch"

	// ErrNonceMismatch: the ID token was not issued for this sign-in.
	ErrNonceMismatch Code = "nonce_mismatch"
	// ErrTokenRevoked: [Config.Revoked] reports that the token is revoked.
	ErrTokenRevoked Code = "token_revoked"
	// ErrAuthenticationTooWeak: acr is absent or below what the call requires.
	ErrAuthenticationTooWeak Code = "authentication_too_weak"
	// ErrAuthenticationTooOld: auth_time is absent or too long ago for the call.
	ErrAuthenticationTooOld Code = "authentication_too_old"

	// ErrScopeMissing: the access token lacks a required scope.
	ErrScopeMissing Code = "scope_missing"
	// ErrGroupMissing: the user is not in a required group.
	ErrGroupMissing Code = "group_missing"
	// ErrClaimMismatch: another claim is not as the call requires.
	ErrClaimMismatch Code = "claim_mismatch"
	// ErrAccessDenied: a check of the application refused, a requirement is faulty, or
	// another site caused the request and the token is in a cookie.
	ErrAccessDenied Code = "access_denied"
)

// The codes of "could not find out". They say nothing about the token.
const (
	// ErrKeysUnavailable: the issuer's key set is not available.
	ErrKeysUnavailable Code = "keys_unavailable"
	// ErrCheckUnavailable: [Config.Revoked] or [Config.Resolve] failed, or a check of the
	// application ([Require]) was cancelled.
	ErrCheckUnavailable Code = "check_unavailable"
)

// Codes returns all codes of this package, in the order above, for tables that must
// contain each of them. Checks of the application may use others ([NewError]).
func Codes() []Code {
	return []Code{
		ErrTokenMissing,
		ErrRequestInvalid,
		ErrTokenTooLarge,
		ErrEncryptedToken,
		ErrTokenMalformed,
		ErrAlgorithmNotAllowed,
		ErrIssuerMismatch,
		ErrKeyNotFound,
		ErrSignatureInvalid,
		ErrClaimMissing,
		ErrClaimInvalid,
		ErrTokenUseMismatch,
		ErrClientMismatch,
		ErrTokenExpired,
		ErrTokenNotYetValid,
		ErrAudienceMismatch,
		ErrNonceMismatch,
		ErrTokenRevoked,
		ErrAuthenticationTooWeak,
		ErrAuthenticationTooOld,
		ErrScopeMissing,
		ErrGroupMissing,
		ErrClaimMismatch,
		ErrAccessDenied,
		ErrKeysUnavailable,
		ErrCheckUnavailable,
	}
}
