// Has aws-jwt-verify judge tokens. Standard input is one JSON object:
//
//   keySets  origin that stands in for Amazon's addresses of key sets
//   jobs     array of {pools: [{userPoolId, clientId: [...]}], tokenUse, token}
//
// Standard output is a JSON array with a verdict for each job, in order:
// {valid: true, payload} or {valid: false, error: name, message}.
//
// The verifier is as its package has it. Only its fetcher is told another host: the
// paths, and which of a pool's two issuers is asked, stay its own choice.
import { CognitoJwtVerifier } from "aws-jwt-verify";
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

async function judge({ pools, tokenUse, token }, keySets) {
  const jwksCache = new SimpleJwksCache({ fetcher: fetcherOf(keySets) });
  const properties = pools.map((pool) => ({ ...pool, tokenUse }));
  const verifier = CognitoJwtVerifier.create(properties.length === 1 ? properties[0] : properties, { jwksCache });
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
