// Has aws-jwt-verify judge tokens. Standard input is one JSON object:
//
//   keySets  origin that stands in for Amazon's addresses of key sets
//   jobs     array of {pools: [{userPoolId, clientId: [...], issuer}], tokenUse, token}
//
// Standard output is a JSON array with a verdict for each job, in order:
// {valid: true, payload} or {valid: false, error: name, message}.
//
// The verifier is as its package has it. Only its fetcher is told another host: the
// paths, and which of a pool's two issuers is asked, stay its own choice. A pool with
// an issuer of its own is one that CognitoJwtVerifier does not know: the package's
// JwtVerifier takes its place.
import { CognitoJwtVerifier, JwtVerifier } from "aws-jwt-verify";
import { SimpleJwksCache } from "aws-jwt-verify/jwk";

async function read(stream) {
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return JSON.parse(Buffer.concat(chunks).toString("utf8"));
}

function fetcherOf(keySets) {
  return {
    async fetch(uri) {
      const { hostname, pathname } = new URL(uri);
      if (!/^(issuer-)?cognito-idp\.[a-z0-9-]+\.amazonaws\.com$/.test(hostname)) {
        throw new Error(`asked for keys at ${hostname}`);
      }
      const response = await fetch(keySets + pathname);
      if (!response.ok) throw new Error(`key set: ${response.status}`);
      return response.arrayBuffer();
    },
  };
}

function verifierFor(pools, tokenUse, keySets) {
  const jwksCache = new SimpleJwksCache({ fetcher: fetcherOf(keySets) });
  if (pools.length === 1 && pools[0].issuer) return localVerifier(pools[0], tokenUse);
  const properties = pools.map((pool) => ({ ...pool, tokenUse }));
  return CognitoJwtVerifier.create(properties.length === 1 ? properties[0] : properties, { jwksCache });
}

function localVerifier({ issuer, clientId }, tokenUse) {
  const fetcher = { fetch: async (uri) => (await fetch(uri)).arrayBuffer() };
  const claim = tokenUse === "id" ? "aud" : "client_id";
  return JwtVerifier.create(
    {
      issuer,
      audience: null,
      jwksUri: `${issuer}/.well-known/jwks.json`,
      customJwtCheck({ payload }) {
        if (payload.token_use !== tokenUse) throw new Error(`token_use is ${payload.token_use}`);
        if (!clientId.includes(payload[claim])) throw new Error(`${claim} is ${payload[claim]}`);
      },
    },
    { jwksCache: new SimpleJwksCache({ fetcher }) },
  );
}

async function judge({ pools, tokenUse, token }, keySets) {
  const verifier = verifierFor(pools, tokenUse, keySets);
  try {
    return { valid: true, payload: await verifier.verify(token) };
  } catch (error) {
    return { valid: false, error: error.constructor.name, message: error.message };
  }
}

const { keySets, jobs } = await read(process.stdin);
const verdicts = [];
for (const job of jobs) verdicts.push(await judge(job, keySets));
process.stdout.write(JSON.stringify(verdicts));
