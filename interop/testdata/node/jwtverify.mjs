// aws-jwt-verify: CognitoJwtVerifier, unmodified, on the pool's tokens, from sign-in to
// sign-out. Only its fetcher is told where Amazon's addresses are.
import { CognitoJwtVerifier } from "aws-jwt-verify";
import { SimpleJwksCache } from "aws-jwt-verify/jwk";

import { assert, mail, refusal, rotateKeys, setClock, stage, step } from "./story.mjs";

let fetches = 0;
const fetcher = {
  async fetch(uri) {
    const { hostname, pathname } = new URL(uri);
    assert(hostname === `cognito-idp.${stage.region}.amazonaws.com`, `asked for keys at ${hostname}`);
    fetches++;
    const response = await fetch(stage.stage + pathname);
    assert(response.ok, `key set: ${response.status}`);
    return response.arrayBuffer();
  },
};
const verifierFor = (clientId, tokenUse, more) =>
  CognitoJwtVerifier.create(
    { userPoolId: stage.poolId, clientId, tokenUse, ...more },
    { jwksCache: new SimpleJwksCache({ fetcher }) },
  );
const verifier = verifierFor(stage.web.id, null);

async function call(action, body) {
  const response = await fetch(stage.url, {
    method: "POST",
    headers: {
      "Content-Type": "application/x-amz-json-1.1",
      "X-Amz-Target": `AWSCognitoIdentityProviderService.${action}`,
    },
    body: JSON.stringify(body),
  });
  const answer = await response.json();
  if (!response.ok) throw Object.assign(new Error(answer.message), { name: answer.__type });
  return answer;
}

function tokensOf({ AuthenticationResult: { AccessToken, IdToken, RefreshToken } }) {
  return { access_token: AccessToken, id_token: IdToken, refresh_token: RefreshToken };
}

async function signIn(username, password = stage.password, client = stage.web) {
  const AuthParameters = { USERNAME: username, PASSWORD: password };
  return tokensOf(await call("InitiateAuth", { AuthFlow: "USER_PASSWORD_AUTH", ClientId: client.id, AuthParameters }));
}

async function refresh(token, client = stage.web) {
  return tokensOf(await call("GetTokensFromRefreshToken", { ClientId: client.id, RefreshToken: token }));
}

// The refusals of the verifier have classes, but no names.
async function refusedAs(promise) {
  try {
    await promise;
  } catch (error) {
    return { refused: { name: error.constructor.name, message: "" } };
  }
  throw new Error("accepted");
}

const fresh = "nils";
await step("sign-up: a new user", async () => {
  const UserAttributes = [{ Name: "email", Value: `${fresh}@example.com` }];
  await call("SignUp", { ClientId: stage.web.id, Username: fresh, Password: stage.password, UserAttributes });
  await call("ConfirmSignUp", { ClientId: stage.web.id, Username: fresh, ConfirmationCode: await mail(fresh) });
  const tokens = await signIn(fresh);
  const id = await verifier.verify(tokens.id_token);
  return { tokens, saw: { email: id.email, verified: id.email_verified, groups: id["cognito:groups"] ?? null } };
});
await step("wrong password: no token to verify", () => refusal(signIn(stage.username, "Wr0ngPassw0rd!")));
let tokens;
await step("sign-in: both tokens", async () => {
  tokens = await signIn(stage.username);
  const access = await verifier.verify(tokens.access_token);
  const id = await verifier.verify(tokens.id_token);
  return {
    tokens,
    saw: { scope: access.scope, username: access.username, groups: access["cognito:groups"], use: [access.token_use, id.token_use] },
  };
});
await step("tokens: another token use", () => refusedAs(verifierFor(stage.web.id, "access").verify(tokens.id_token)));
await step("tokens: another client", () => refusedAs(verifierFor("another", "access").verify(tokens.access_token)));
await step("tokens: a group that is there", async () => {
  await verifierFor(stage.web.id, "access", { groups: "staff" }).verify(tokens.access_token);
});
await step("tokens: a group that is not", () =>
  refusedAs(verifierFor(stage.web.id, "access", { groups: "admins" }).verify(tokens.access_token)));
await step("tokens: a scope that is not", () =>
  refusedAs(verifierFor(stage.web.id, "access", { scope: "orders/read" }).verify(tokens.access_token)));
await step("tokens: a refresh token", () => refusedAs(verifier.verify(tokens.refresh_token)));
await step("tokens: two hours old", async () => {
  await setClock("-2h");
  try {
    return await refusedAs(verifier.verify((await signIn(fresh)).access_token));
  } finally {
    await setClock("0s");
  }
});
await step("tokens: in the cache of keys", async () => {
  const before = fetches;
  for (let n = 0; n < 10; n++) await verifier.verify(tokens.access_token);
  return { saw: fetches - before };
});
await step("refresh: the new tokens", async () => {
  const again = await refresh(tokens.refresh_token);
  const [old, now] = [await verifier.verify(tokens.access_token), await verifier.verify(again.access_token)];
  assert(old.origin_jti === now.origin_jti && old.auth_time === now.auth_time && old.jti !== now.jti, "claims of the refresh");
  return { tokens: again };
});
await step("refresh: keys are replaced", async () => {
  const before = fetches;
  await rotateKeys();
  const again = await refresh(tokens.refresh_token);
  // Unknown to the cache: it fetches the set, and the old tokens keep their key.
  await verifier.verify(again.access_token);
  await verifier.verify(again.id_token);
  await verifier.verify(tokens.access_token);
  return { tokens: again, saw: fetches - before };
});
await step("rotation: the new tokens", async () => {
  const rotating = verifierFor(stage.rotating.id, "access");
  const first = await signIn(stage.username, stage.password, stage.rotating);
  const second = await refresh(first.refresh_token, stage.rotating);
  await rotating.verify(second.access_token);
  await setClock("11s");
  try {
    return { tokens: second, ...(await refusal(refresh(first.refresh_token, stage.rotating))) };
  } finally {
    await setClock("0s");
  }
});
await step("revoke: no verifier without a network knows", async () => {
  await call("RevokeToken", { ClientId: stage.web.id, Token: tokens.refresh_token });
  await verifier.verify(tokens.access_token);
  return refusal(call("GetUser", { AccessToken: tokens.access_token }));
});
await step("sign-out: no verifier without a network knows", async () => {
  const last = await signIn(stage.username);
  await call("GlobalSignOut", { AccessToken: last.access_token });
  await verifier.verify(last.access_token);
  return refusal(call("GetUser", { AccessToken: last.access_token }));
});
