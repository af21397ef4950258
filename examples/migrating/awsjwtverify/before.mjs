// The API by aws-jwt-verify.
import { createServer } from "node:http";
import { CognitoJwtVerifier } from "aws-jwt-verify";

const verifier = CognitoJwtVerifier.create({
  userPoolId: process.env.USER_POOL_ID,
  clientId: process.env.CLIENT_ID,
  tokenUse: "access",
  scope: "orders/read",
});

const server = createServer(async (request, response) => {
  try {
    const payload = await verifier.verify((request.headers.authorization ?? "").replace(/^Bearer /, ""));
    response.end(`orders of ${payload.sub}\n`);
  } catch {
    response.writeHead(401).end();
  }
});
server.listen(0, "127.0.0.1", () => console.log(`listening on http://127.0.0.1:${server.address().port}`));
