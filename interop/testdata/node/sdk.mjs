// @aws-sdk/client-cognito-identity-provider: the API as the AWS SDK calls it.
import { createHmac } from "node:crypto";

import * as aws from "@aws-sdk/client-cognito-identity-provider";

import { assert, mail, refusal, setClock, stage, step } from "./story.mjs";

const anonymous = new aws.CognitoIdentityProviderClient({
  region: stage.region,
  endpoint: stage.url,
  // Calls without IAM authorisation are not signed; a key would be asked for nevertheless.
  credentials: { accessKeyId: "local", secretAccessKey: "local" },
  maxAttempts: 1,
});

const send = (command) => anonymous.send(command);
const clientID = stage.web.id;

function tokensOf({ AuthenticationResult: result }) {
  assert(result?.AccessToken && result.IdToken, `no tokens: ${JSON.stringify(result)}`);
  assert(result.TokenType === "Bearer" && result.ExpiresIn === 3600, `TokenType ${result.TokenType}, ExpiresIn ${result.ExpiresIn}`);
  return { access_token: result.AccessToken, id_token: result.IdToken, refresh_token: result.RefreshToken };
}

function signIn(username, password, client = stage.web) {
  const parameters = { USERNAME: username, PASSWORD: password };
  if (client.secret) parameters.SECRET_HASH = secretHash(client, username);
  return send(
    new aws.InitiateAuthCommand({ AuthFlow: "USER_PASSWORD_AUTH", ClientId: client.id, AuthParameters: parameters }),
  );
}

function secretHash({ id, secret }, username) {
  return createHmac("sha256", secret).update(username + id).digest("base64");
}

function renew(refreshToken, client = stage.web) {
  return send(new aws.GetTokensFromRefreshTokenCommand({ ClientId: client.id, RefreshToken: refreshToken }));
}

const getUser = (accessToken) => send(new aws.GetUserCommand({ AccessToken: accessToken }));

const fresh = "nils";
const signUp = (username, password) =>
  send(
    new aws.SignUpCommand({
      ClientId: clientID,
      Username: username,
      Password: password,
      UserAttributes: [{ Name: "email", Value: `${username}@example.com` }],
    }),
  );
const confirm = (code) =>
  send(new aws.ConfirmSignUpCommand({ ClientId: clientID, Username: fresh, ConfirmationCode: code }));

await step("sign-up: a weak password", () => refusal(signUp(fresh, "short")));
await step("sign-up: a new user", async () => {
  const answer = await signUp(fresh, stage.password);
  return { saw: { confirmed: answer.UserConfirmed, delivery: answer.CodeDeliveryDetails } };
});
await step("sign-up: a name that is taken", () => refusal(signUp(fresh, stage.password)));
await step("sign-in: before the confirmation", () => refusal(signIn(fresh, stage.password)));
await step("sign-up: a wrong code", () => refusal(confirm("000000")));
await step("sign-up: the right code", async () => {
  const code = await mail(fresh);
  await confirm(code);
});
await step("sign-up: confirmed again", () => refusal(confirm("000000")));
await step("sign-in: after the confirmation", async () => ({ tokens: tokensOf(await signIn(fresh, stage.password)) }));

await step("wrong password: of a user", () => refusal(signIn(stage.username, "Wr0ngPassw0rd!")));
await step("wrong password: of nobody", () => refusal(signIn("nobody", stage.password)));

const first = await step("sign-in: with a password", async () => ({ tokens: tokensOf(await signIn(stage.username, stage.password)) }));
await step("sign-in: a client with a secret", async () => ({
  tokens: tokensOf(await signIn(stage.username, stage.password, stage.backend)),
}));
await step("sign-in: the secret hash left out", () =>
  refusal(signIn(stage.username, stage.password, { id: stage.backend.id })));
await step("sign-in: a wrong secret hash", () =>
  refusal(signIn(stage.username, stage.password, { id: stage.backend.id, secret: "other" })));
await step("sign-in: an unknown client", () => refusal(signIn(stage.username, stage.password, { id: "unknown" })));

await step("tokens: GetUser", async () => {
  const user = await getUser(first.tokens.access_token);
  const attributes = Object.fromEntries(user.UserAttributes.map(({ Name, Value }) => [Name, Value]));
  assert(/^[0-9a-f-]{36}$/.test(attributes.sub), `sub ${attributes.sub}`);
  delete attributes.sub;
  return { saw: { username: user.Username, attributes } };
});
await step("tokens: GetUser with an ID token", () => refusal(getUser(first.tokens.id_token)));
await step("tokens: GetUser with nonsense", () => refusal(getUser("a.b.c")));
await step("tokens: GetUser after an hour", async () => {
  await setClock("61m");
  try {
    return await refusal(getUser(first.tokens.access_token));
  } finally {
    await setClock("0s");
  }
});

await step("refresh: REFRESH_TOKEN_AUTH", async () => {
  const answer = await send(
    new aws.InitiateAuthCommand({
      AuthFlow: "REFRESH_TOKEN_AUTH",
      ClientId: clientID,
      AuthParameters: { REFRESH_TOKEN: first.tokens.refresh_token },
    }),
  );
  const tokens = tokensOf(answer);
  assert(tokens.refresh_token === undefined, "a refresh token without rotation");
  return { tokens };
});
await step("refresh: GetTokensFromRefreshToken", async () => {
  const tokens = tokensOf(await renew(first.tokens.refresh_token));
  assert(tokens.refresh_token === undefined, "a refresh token without rotation");
  return { tokens };
});
await step("refresh: with nonsense", () => refusal(renew("nonsense")));
await step("refresh: by another client", () => refusal(renew(first.tokens.refresh_token, stage.rotating)));

const rotating = await step("rotation: signed in", async () => ({
  tokens: tokensOf(await signIn(stage.username, stage.password, stage.rotating)),
}));
const rotated = await step("rotation: a new refresh token", async () => {
  const tokens = tokensOf(await renew(rotating.tokens.refresh_token, stage.rotating));
  assert(tokens.refresh_token && tokens.refresh_token !== rotating.tokens.refresh_token, "no new refresh token");
  return { tokens };
});
await step("rotation: the old one within its grace", async () => ({
  tokens: tokensOf(await renew(rotating.tokens.refresh_token, stage.rotating)),
}));
await step("rotation: the old one later", async () => {
  await setClock("11s");
  try {
    return await refusal(renew(rotating.tokens.refresh_token, stage.rotating));
  } finally {
    await setClock("0s");
  }
});
await step("rotation: REFRESH_TOKEN_AUTH is closed", () =>
  refusal(
    send(
      new aws.InitiateAuthCommand({
        AuthFlow: "REFRESH_TOKEN_AUTH",
        ClientId: stage.rotating.id,
        AuthParameters: { REFRESH_TOKEN: rotated.tokens.refresh_token },
      }),
    ),
  ));

await step("revoke: RevokeToken", async () => {
  await send(new aws.RevokeTokenCommand({ ClientId: clientID, Token: first.tokens.refresh_token }));
});
await step("revoke: refresh", () => refusal(renew(first.tokens.refresh_token)));
await step("revoke: GetUser", () => refusal(getUser(first.tokens.access_token)));
await step("revoke: an access token", () =>
  refusal(send(new aws.RevokeTokenCommand({ ClientId: clientID, Token: first.tokens.access_token }))));

const leaving = await step("sign-out: signed in", async () => ({ tokens: tokensOf(await signIn(stage.username, stage.password)) }));
await step("sign-out: GlobalSignOut", async () => {
  await send(new aws.GlobalSignOutCommand({ AccessToken: leaving.tokens.access_token }));
});
await step("sign-out: refresh", () => refusal(renew(leaving.tokens.refresh_token)));
await step("sign-out: GetUser", () => refusal(getUser(leaving.tokens.access_token)));

await step("password: a code for a forgotten one", async () => {
  const answer = await send(new aws.ForgotPasswordCommand({ ClientId: clientID, Username: fresh }));
  return { saw: answer.CodeDeliveryDetails };
});
await step("password: a new one", async () => {
  await send(
    new aws.ConfirmForgotPasswordCommand({
      ClientId: clientID,
      Username: fresh,
      ConfirmationCode: await mail(fresh),
      Password: "An0therPassw0rd!",
    }),
  );
});
await step("password: the old one", () => refusal(signIn(fresh, stage.password)));
await step("password: changed", async () => {
  const tokens = tokensOf(await signIn(fresh, "An0therPassw0rd!"));
  await send(
    new aws.ChangePasswordCommand({
      AccessToken: tokens.access_token,
      PreviousPassword: "An0therPassw0rd!",
      ProposedPassword: stage.password,
    }),
  );
  return { tokens: tokensOf(await signIn(fresh, stage.password)) };
});
