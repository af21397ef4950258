// Package srp is the server's side of the Secure Remote Password sign-in of Amazon Cognito
// user pools (USER_SRP_AUTH with its PASSWORD_VERIFIER challenge). Its clients are Amplify,
// amazon-cognito-identity-js, pycognito and others.
//
// Start with [NewVerifier], which turns a password into what is stored of it.
// [Begin] answers InitiateAuth: it takes the client's SRP_A and makes a
// [Handshake] with SRP_B and SALT. [Handshake.Proves] judges the signature of
// RespondToAuthChallenge. [Verifier.Matches] checks a password that was sent
// plainly (USER_PASSWORD_AUTH) against the same stored verifier, and [Decoy]
// stands in for users that do not exist.
//
// It is SRP-6a of RFC 5054 §2.5–2.6 (RFC 2945 is the older SRP-3), with N of RFC
// 5054's 3072-bit group, which is group 15 of RFC 3526. Cognito's own are:
//
//   - the generator 2, where RFC 5054 pairs this N with 5;
//   - SHA-256 for SHA-1;
//   - numbers hashed in the shortest two's complement, as Java's
//     BigInteger.toByteArray writes them (a zero byte in front where the top bit
//     is set), where RFC 5054 pads to the length of N; the salt is such a number
//     too;
//   - the name of the pool in front of the user's: the part of its ID after the
//     underscore, "AbCdEf123" of "us-east-1_AbCdEf123";
//   - names and passwords as their UTF-8 is, without RFC 5054's SASLprep;
//   - the proof: no M1 and M2, but an HMAC under a key that HKDF (RFC 5869) derives
//     with the info "Caldera Derived Key". Cognito proves nothing to the client.
//
// It owns the arithmetic, the form of a stored password and the form of the
// timestamp. It never stores anything, makes no secret block, reads no clock and
// does not decide how old a timestamp may be, nor how often one may guess.
//
// It is for development. math/big does not run in constant time: an attacker who can measure
// the time precisely may learn about verifiers and passwords. Only comparisons run in
// constant time.
package srp
