// Verifiers from npm behind one function each, set up as their documentation shows and
// asked for the same checks: RS256, iss, exp, token_use and the app client. verify throws,
// or its promise is rejected, where the token is refused.

import { createPublicKey } from 'node:crypto'
import { CognitoJwtVerifier } from 'aws-jwt-verify'
import { createVerifier } from 'fast-jwt'
import { createLocalJWKSet, jwtVerify } from 'jose'

// What is left to the user of a library that does not know Cognito.
function checkClaims(claims, pool) {
  if (claims.token_use !== pool.tokenUse) throw new Error('another token_use')
  if (pool.tokenUse === 'access' && claims.client_id !== pool.clientId) throw new Error('another app client')
}

// aws-jwt-verify knows Cognito. With its key set at hand it verifies synchronously, which
// is the faster way.
function awsJwtVerify(pool) {
  const verifier = CognitoJwtVerifier.create({
    userPoolId: pool.id,
    clientId: pool.clientId,
    tokenUse: pool.tokenUse,
  })
  verifier.cacheJwks(pool.jwks)
  return (raw) => verifier.verifySync(raw)
}

// fast-jwt verifies synchronously only by one key that it is given as text. So it is
// spared the choice by kid, which the others make; a pool's key for access tokens is the
// one that it needs here.
function fastJwt(pool, options) {
  const jwk = pool.jwks.keys.find((key) => key.kid === pool.keyId) ?? pool.jwks.keys[0]
  const verify = createVerifier({
    key: createPublicKey({ key: jwk, format: 'jwk' }).export({ type: 'spki', format: 'pem' }),
    algorithms: ['RS256'],
    allowedIss: pool.issuer,
    allowedAud: pool.tokenUse === 'id' ? pool.clientId : undefined,
    requiredClaims: ['iss', 'exp'],
    ...options,
  })
  return (raw) => checkClaims(verify(raw), pool)
}

// jose is asynchronous throughout.
function jose(pool) {
  const keys = createLocalJWKSet(pool.jwks)
  const options = {
    algorithms: ['RS256'],
    issuer: pool.issuer,
    audience: pool.tokenUse === 'id' ? pool.clientId : undefined,
    requiredClaims: ['exp'],
  }
  return async (raw) => checkClaims((await jwtVerify(raw, keys, options)).payload, pool)
}

export const peers = {
  'aws-jwt-verify': awsJwtVerify,
  'fast-jwt': (pool) => fastJwt(pool, {}),
  // With its cache of verified tokens at the size that its documentation gives for true,
  // keyed by a hash of the token, as by default,
  'fast-jwt-cache': (pool) => fastJwt(pool, { cache: true }),
  // and by the token itself, which the documentation says is faster.
  'fast-jwt-cache-by-token': (pool) => fastJwt(pool, { cache: true, cacheKeyBuilder: (raw) => raw }),
  'jose-npm': jose,
}
