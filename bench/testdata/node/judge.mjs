// Which verifiers accept a token under a configuration of the accept/reject vectors.

import { CognitoJwtVerifier } from 'aws-jwt-verify'
import { SimpleJwksCache } from 'aws-jwt-verify/jwk'
import { createLocalJWKSet, decodeJwt, jwtVerify } from 'jose'

// aws-jwt-verify knows the issuers of a pool by its ID, and fetches and keeps the key sets
// itself: from here.
function awsJwtVerify({ pools, tokenUse }) {
  const verifier = CognitoJwtVerifier.create(
    pools.map((pool) => ({
      userPoolId: pool.id,
      clientId: pool.clientIds,
      tokenUse: tokenUse === 'any' ? null : tokenUse,
    })),
    { jwksCache: new SimpleJwksCache({ fetcher: { fetch: (uri) => fetchKeySet(pools, uri) } }) },
  )
  return (raw) => verifier.verify(raw)
}

async function fetchKeySet(pools, uri) {
  for (const pool of pools) {
    const answer = pool.keySets[uri.replace(/\/\.well-known\/jwks\.json$/, '')]
    if (!answer) continue
    if (answer.status !== 200) throw new Error(`status ${answer.status}`)
    return new Uint8Array(Buffer.from(answer.body, 'base64')).buffer
  }
  throw new Error('no such key set')
}

function knowsIssuers({ pools }) {
  return pools.every((pool) => {
    const region = pool.id.split('_')[0]
    return Object.keys(pool.keySets).every((issuer) =>
      ['cognito-idp', 'issuer-cognito-idp'].some((service) => issuer === `https://${service}.${region}.amazonaws.com/${pool.id}`),
    )
  })
}

// jose has one issuer and one key set for each verification; which, its user chooses by
// the claim, and the check of the claim is jose's.
function jose({ pools, tokenUse, now }) {
  return async (raw) => {
    const claimed = decodeJwt(raw).iss
    const pool = pools.find((pool) => Object.hasOwn(pool.keySets, claimed))
    if (!pool) throw new Error('no pool of this issuer')
    const keys = createLocalJWKSet(JSON.parse(Buffer.from(pool.keySets[claimed].body ?? '', 'base64').toString()))
    const { payload } = await jwtVerify(raw, keys, {
      algorithms: ['RS256'],
      issuer: claimed,
      requiredClaims: ['exp'],
      currentDate: new Date(now * 1000),
    })
    const uses = tokenUse === 'any' ? ['access', 'id'] : [tokenUse]
    if (!uses.includes(payload.token_use)) throw new Error('another token_use')
    const clients = payload.token_use === 'id' ? [payload.aud].flat() : [payload.client_id]
    if (!clients.some((client) => pool.clientIds.includes(client))) throw new Error('another app client')
  }
}

export async function judge(question) {
  const realNow = Date.now // aws-jwt-verify has no setting for the time
  Date.now = () => question.now * 1000
  // As Node.js hands a header's value on: a character for each byte.
  const raw = Buffer.from(question.token, 'base64').toString('latin1')
  const accepted = {}
  try {
    if (knowsIssuers(question)) accepted['aws-jwt-verify'] = await accepts(awsJwtVerify, question, raw)
    accepted['jose-npm'] = await accepts(jose, question, raw)
  } finally {
    Date.now = realNow
  }
  return { accepted }
}

async function accepts(peer, question, raw) {
  try {
    await peer(question)(raw)
    return true
  } catch {
    return false
  }
}
