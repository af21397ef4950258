// openid-client: an OpenID Connect client that checks every answer against the RFCs.
import * as oidc from "openid-client";

import { Browser, problemOf } from "./browser.mjs";
import { assert, refusal, rotateKeys, setClock, stage, step } from "./story.mjs";

const issuer = new URL(stage.issuer);
const insecure = { execute: [oidc.allowInsecureRequests, oidc.enableNonRepudiationChecks] };
const configure = ({ id, secret }, authentication) =>
  oidc.discovery(issuer, id, secret, authentication, insecure);

const scope = "openid email profile aws.cognito.signin.user.admin orders/read";

async function request(config, more = {}) {
  const kept = {
    pkceCodeVerifier: oidc.randomPKCECodeVerifier(),
    expectedState: oidc.randomState(),
    expectedNonce: oidc.randomNonce(),
  };
  const url = oidc.buildAuthorizationUrl(config, {
    redirect_uri: stage.callback,
    scope,
    code_challenge: await oidc.calculatePKCECodeChallenge(kept.pkceCodeVerifier),
    code_challenge_method: "S256",
    state: kept.expectedState,
    nonce: kept.expectedNonce,
    ...more,
  });
  return { url, kept };
}

async function signIn(config, browser = new Browser(), more = {}) {
  const { url, kept } = await request(config, more);
  const { left } = await browser.signIn(url, stage.username, stage.password);
  assert(left?.href.startsWith(stage.callback), `left to ${left}`);
  return oidc.authorizationCodeGrant(config, left, kept);
}

const described = async (promise) => {
  const found = await refused(promise);
  return { refused: { name: found.error, message: String(found.status) } };
};
async function refused(promise) {
  try {
    await promise;
  } catch (error) {
    if (error instanceof oidc.ResponseBodyError) return error;
    if (error instanceof oidc.WWWAuthenticateChallengeError) {
      return { ...error.cause[0].parameters, status: error.status };
    }
    throw error;
  }
  throw new Error("not refused");
}

let config;
let browser;
let tokens;

await step("discovery: from the issuer", async () => {
  config = await configure(stage.web, oidc.None());
  const metadata = config.serverMetadata();
  assert(metadata.issuer === stage.issuer, metadata.issuer);
  return { saw: { algorithms: metadata.id_token_signing_alg_values_supported, types: metadata.response_types_supported } };
});
await step("wrong password: the page says so", async () => {
  const { url } = await request(config);
  return { saw: problemOf(await new Browser().signIn(url, stage.username, "Wr0ngPassw0rd!")) };
});
await step("sign-in: code and PKCE", async () => {
  browser = new Browser();
  tokens = await signIn(config, browser);
  return { tokens, saw: { type: tokens.token_type, expires: tokens.expires_in, groups: tokens.claims()["cognito:groups"] } };
});
await step("sign-in: once more without a password", async () => {
  const { url, kept } = await request(config);
  const { left } = await browser.visit(url);
  const again = await oidc.authorizationCodeGrant(config, left, kept);
  assert(again.claims().auth_time === tokens.claims().auth_time, "another auth_time");
  return { tokens: again };
});
await step("sign-in: a code works once", async () => {
  const { url, kept } = await request(config);
  const { left } = await browser.visit(url);
  await oidc.authorizationCodeGrant(config, left, kept);
  return described(oidc.authorizationCodeGrant(config, left, kept));
});
await step("sign-in: another's code verifier", async () => {
  const { url, kept } = await request(config);
  const { left } = await browser.visit(url);
  kept.pkceCodeVerifier = oidc.randomPKCECodeVerifier();
  return described(oidc.authorizationCodeGrant(config, left, kept));
});
await step("sign-in: nobody with prompt=none", async () => {
  const { url, kept } = await request(config, { prompt: "none" });
  const { left } = await new Browser().visit(url);
  try {
    await oidc.authorizationCodeGrant(config, left, kept);
  } catch (error) {
    assert(error instanceof oidc.AuthorizationResponseError, String(error));
    return { saw: error.error };
  }
});
for (const [name, method] of [
  ["basic", oidc.ClientSecretBasic],
  ["post", oidc.ClientSecretPost],
]) {
  await step(`sign-in: a client secret by ${name}`, async () => ({
    tokens: await signIn(await configure(stage.backend, method(stage.backend.secret))),
  }));
}
await step("sign-in: a wrong client secret", async () => {
  const { id } = stage.backend;
  return described(signIn(await configure({ id, secret: "wrong" }, oidc.ClientSecretPost("wrong"))));
});
await step("tokens: user info", async () => {
  const info = await oidc.fetchUserInfo(config, tokens.access_token, tokens.claims().sub);
  delete info.sub;
  return { saw: info };
});
await step("tokens: user info without openid", async () => {
  // Without openid there is no ID token, and openid-client, which was promised none, asks for none.
  const { url, kept } = await request(config, { scope: "orders/read" });
  const { left } = await browser.visit(url);
  const { expectedNonce, ...rest } = kept;
  const { access_token: token } = await oidc.authorizationCodeGrant(config, left, rest);
  return described(oidc.fetchUserInfo(config, token, oidc.skipSubjectCheck));
});
await step("tokens: bound to a resource", async () => {
  const { url, kept } = await request(config, { resource: stage.api });
  const { left } = await browser.visit(url);
  const bound = await oidc.authorizationCodeGrant(config, left, kept);
  return { tokens: bound, saw: JSON.parse(Buffer.from(bound.access_token.split(".")[1], "base64url")).aud };
});
await step("tokens: of a machine", async () => {
  const machine = await configure(stage.machine, oidc.ClientSecretBasic(stage.machine.secret));
  const all = await oidc.clientCredentialsGrant(machine);
  const some = await oidc.clientCredentialsGrant(machine, { scope: "orders/read" });
  const bound = await oidc.clientCredentialsGrant(machine, { resource: stage.api });
  const payload = ({ access_token: token }) => JSON.parse(Buffer.from(token.split(".")[1], "base64url"));
  return {
    tokens: bound,
    saw: { all: payload(all).scope, some: payload(some).scope, aud: payload(bound).aud, refresh: all.refresh_token ?? null },
  };
});
await step("tokens: of a machine, beyond its scopes", async () => {
  const machine = await configure(stage.machine, oidc.ClientSecretBasic(stage.machine.secret));
  return described(oidc.clientCredentialsGrant(machine, { scope: "openid" }));
});

await step("refresh: new tokens", async () => {
  const fresh = await oidc.refreshTokenGrant(config, tokens.refresh_token);
  assert(fresh.refresh_token === undefined, "a refresh token without rotation");
  assert(fresh.claims().auth_time === tokens.claims().auth_time, "another auth_time");
  assert(fresh.claims().nonce === undefined, "a nonce after a refresh");
  return { tokens: fresh };
});
await step("refresh: after a change of keys", async () => {
  await rotateKeys();
  // A new configuration, as of a client that starts now: this one's keys are kept.
  const later = await configure(stage.web, oidc.None());
  return { tokens: await oidc.refreshTokenGrant(later, tokens.refresh_token) };
});
await step("refresh: with nonsense", () => described(oidc.refreshTokenGrant(config, "nonsense")));

await step("rotation: a new refresh token", async () => {
  const rotating = await configure(stage.rotating, oidc.None());
  const first = await signIn(rotating);
  const second = await oidc.refreshTokenGrant(rotating, first.refresh_token);
  assert(second.refresh_token && second.refresh_token !== first.refresh_token, "no new refresh token");
  await setClock("11s");
  try {
    return { tokens: second, ...(await described(oidc.refreshTokenGrant(rotating, first.refresh_token))) };
  } finally {
    await setClock("0s");
  }
});

await step("revoke: the refresh token", async () => {
  await oidc.tokenRevocation(config, tokens.refresh_token);
  return described(oidc.refreshTokenGrant(config, tokens.refresh_token));
});
await step("revoke: user info", () =>
  described(oidc.fetchUserInfo(config, tokens.access_token, tokens.claims().sub)));
await step("revoke: an access token", () => described(oidc.tokenRevocation(config, tokens.access_token)));

await step("sign-out: /logout", async () => {
  const out = oidc.buildEndSessionUrl(config, { logout_uri: stage.signOut });
  const { left } = await browser.visit(out);
  const { url } = await request(config);
  const { page } = await browser.visit(url);
  return { saw: { left: left.href, form: page.includes("<form") } };
});
await step("sign-out: elsewhere", async () => {
  const { url } = await browser.visit(oidc.buildEndSessionUrl(config, { logout_uri: "https://elsewhere.example/" }));
  return { saw: url.pathname + url.search };
});
