// Package bench has the programs that compare Poolguard and its local user pool with other
// programs:
//
//   - verify measures how long each library takes for the same tokens, in one run
//     (make bench-verify);
//   - strict shows which test vectors each library accepts and rejects (make bench-strict);
//   - userpool measures sign-ins at the local user pool, compared with the signatures that
//     they need and with cognito-local (make bench-userpool);
//   - pools measures a verifier that resolves thousands of user pools (make bench-pools);
//   - gateway measures the gateway, compared with servers that decide nothing and with
//     oauth2-proxy (make bench-gateway);
//   - soak puts a load on the gateway while keys, configurations and proxies change, and
//     counts wrong answers (make soak).
//
// It is a module of its own, so the requirements of other libraries do not become
// requirements of the library or the product. No release contains it.
package bench
