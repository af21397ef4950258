// amazon-cognito-identity-js: the older browser SDK, with its own SRP.
import {
  AuthenticationDetails,
  CognitoUser,
  CognitoUserAttribute,
  CognitoUserPool,
} from "amazon-cognito-identity-js";

import { assert, mail, refusal, stage, step } from "./story.mjs";
import { totp } from "./totp.mjs";

class Memory {
  items = new Map();
  setItem(key, value) {
    this.items.set(key, value);
  }
  getItem(key) {
    return this.items.get(key) ?? null;
  }
  removeItem(key) {
    this.items.delete(key);
  }
  clear() {
    this.items.clear();
  }
}

const poolOf = (client) =>
  new CognitoUserPool({ UserPoolId: stage.poolId, ClientId: client.id, endpoint: stage.url, Storage: new Memory() });
const pool = poolOf(stage.web);
const person = (Username, Pool = pool) => new CognitoUser({ Username, Pool, Storage: Pool.storage });

// Callbacks (error, result) as promises.
const called = (run) =>
  new Promise((resolve, reject) => run((error, result) => (error ? reject(error) : resolve(result))));

// Signs in, and answers challenges: those that are expected.
function signIn(user, Password, answers = {}) {
  return new Promise((onSuccess, onFailure) => {
    const callbacks = { onSuccess, onFailure };
    for (const [challenge, answer] of Object.entries(answers)) {
      callbacks[challenge] = (...details) => answer(user, callbacks, ...details);
    }
    user.authenticateUser(new AuthenticationDetails({ Username: user.getUsername(), Password }), callbacks);
  });
}

function tokensOf(session) {
  assert(session.isValid(), "the session is not valid");
  return {
    access_token: session.getAccessToken().getJwtToken(),
    id_token: session.getIdToken().getJwtToken(),
    refresh_token: session.getRefreshToken().getToken(),
  };
}

const fresh = "nils";
const attributes = [new CognitoUserAttribute({ Name: "email", Value: `${fresh}@example.com` })];
const signUp = () => called((done) => pool.signUp(fresh, stage.password, attributes, [], done));

await step("sign-up: a new user", async () => {
  const result = await signUp();
  return { saw: { confirmed: result.userConfirmed, delivery: result.codeDeliveryDetails } };
});
await step("sign-up: a name that is taken", () => refusal(signUp()));
await step("sign-in: before the confirmation", () => refusal(signIn(person(fresh), stage.password)));
await step("sign-up: a wrong code", () =>
  refusal(called((done) => person(fresh).confirmRegistration("000000", false, done))));
await step("sign-up: another code", async () => {
  await mail(fresh);
  const result = await called((done) => person(fresh).resendConfirmationCode(done));
  return { saw: result };
});
await step("sign-up: the right code", async () => {
  const code = await mail(fresh);
  const result = await called((done) => person(fresh).confirmRegistration(code, false, done));
  return { saw: result };
});

const anaya = person(stage.username);
await step("wrong password: SRP", () => refusal(signIn(person(stage.username), "Wr0ngPassw0rd!")));
await step("wrong password: SRP, of nobody", () => refusal(signIn(person("nobody"), stage.password)));
await step("wrong password: USER_PASSWORD_AUTH", () => {
  const user = person(stage.username);
  user.setAuthenticationFlowType("USER_PASSWORD_AUTH");
  return refusal(signIn(user, "Wr0ngPassw0rd!"));
});
await step("sign-in: USER_PASSWORD_AUTH", async () => {
  const user = person(fresh);
  user.setAuthenticationFlowType("USER_PASSWORD_AUTH");
  return { tokens: tokensOf(await signIn(user, stage.password)) };
});
// SRP's numbers differ in length from one run to the next: once is luck.
for (let n = 1; n <= 4; n++) {
  await step(`sign-in: SRP ${n}`, async () => ({ tokens: tokensOf(await signIn(anaya, stage.password)) }));
}
await step("sign-in: SRP with a name of another case", async () => ({
  tokens: tokensOf(await signIn(person(stage.username.toUpperCase()), stage.password)),
}));

await step("tokens: kept session", async () => {
  const user = pool.getCurrentUser();
  const session = await called((done) => user.getSession(done));
  return { tokens: tokensOf(session), saw: { groups: session.getIdToken().decodePayload()["cognito:groups"] } };
});
await step("tokens: attributes", async () => {
  const list = await called((done) => anaya.getUserAttributes(done));
  return { saw: Object.fromEntries(list.map((a) => [a.getName(), a.getValue()]).filter(([name]) => name !== "sub")) };
});
await step("tokens: a changed attribute", async () => {
  await called((done) => anaya.updateAttributes([new CognitoUserAttribute({ Name: "name", Value: "Anaya R." })], done));
  const { UserAttributes: list } = await called((done) => anaya.getUserData(done, { bypassCache: true }));
  return { saw: list.find(({ Name }) => Name === "name").Value };
});

const refresh = (user) =>
  called((done) => user.refreshSession(user.getSignInUserSession().getRefreshToken(), done));
await step("refresh: REFRESH_TOKEN_AUTH", async () => {
  const before = tokensOf(anaya.getSignInUserSession());
  const tokens = tokensOf(await refresh(anaya));
  assert(tokens.access_token !== before.access_token, "the same access token");
  assert(tokens.refresh_token === before.refresh_token, "another refresh token");
  return { tokens };
});

// A refresh that is refused takes the client seconds: it asks again, whatever the
// reason. Those run beside the rest of the story, each with a storage of its own.
const late = [];

await step("rotation: signed in", async () => {
  const user = person(stage.username, poolOf(stage.rotating));
  const tokens = tokensOf(await signIn(user, stage.password));
  late.push(["rotation: not for this client", refusal(refresh(user))]);
  return { tokens };
});

let secret;
await step("mfa: an authenticator app", async () => {
  secret = await new Promise((associateSecretCode, onFailure) =>
    anaya.associateSoftwareToken({ associateSecretCode, onFailure }),
  );
  const verified = await new Promise((onSuccess, onFailure) =>
    anaya.verifySoftwareToken(totp(secret), "phone", { onSuccess, onFailure }),
  );
  const preferred = { PreferredMfa: true, Enabled: true };
  const set = await called((done) => anaya.setUserMfaPreference(null, preferred, done));
  return { saw: { verified: verified.Status, set } };
});
const withCode = (code) => ({
  totpRequired: (user, callbacks) => user.sendMFACode(code(), callbacks, "SOFTWARE_TOKEN_MFA"),
});
await step("mfa: a wrong code", () =>
  refusal(signIn(person(stage.username), stage.password, withCode(() => "000000"))));
await step("mfa: signed in", async () => {
  const session = await signIn(person(stage.username), stage.password, withCode(() => totp(secret, 1)));
  return { tokens: tokensOf(session) };
});
await step("mfa: off again", async () => {
  const off = { PreferredMfa: false, Enabled: false };
  return { saw: await called((done) => anaya.setUserMfaPreference(null, off, done)) };
});

await step("password: changed", async () => {
  const result = await called((done) => anaya.changePassword(stage.password, "An0therPassw0rd!", done));
  return { saw: result };
});
await step("password: the old one", () => refusal(signIn(person(stage.username), stage.password)));
await step("password: forgotten", async () => {
  const user = person(fresh);
  await new Promise((inputVerificationCode, onFailure) => user.forgotPassword({ inputVerificationCode, onFailure }));
  const code = await mail(fresh);
  await new Promise((onSuccess, onFailure) => user.confirmPassword(code, "An0therPassw0rd!", { onSuccess, onFailure }));
  return { tokens: tokensOf(await signIn(user, "An0therPassw0rd!")) };
});

await step("revoke: signOut with revocation", async () => {
  const user = person(fresh, poolOf(stage.web));
  await signIn(user, "An0therPassw0rd!");
  const kept = user.getSignInUserSession();
  await called((done) => user.signOut(done));
  user.setSignInUserSession(kept);
  late.push(["revoke: refresh", refusal(refresh(user))]);
  return refusal(called((done) => user.getUserData(done, { bypassCache: true })));
});

await step("sign-out: everywhere", async () => {
  const elsewhere = person(stage.username, poolOf(stage.web));
  await signIn(elsewhere, "An0therPassw0rd!");
  const result = await new Promise((onSuccess, onFailure) => anaya.globalSignOut({ onSuccess, onFailure }));
  late.push(["sign-out: refresh", refusal(refresh(elsewhere))]);
  return { saw: result, ...(await refusal(called((done) => elsewhere.getUserData(done, { bypassCache: true })))) };
});
await step("sign-out: nobody is left", async () => {
  assert(!pool.getCurrentUser(), `${pool.getCurrentUser()?.getUsername()} is still there`);
});
for (const [name, outcome] of late) await step(name, () => outcome);

await step("sign-out: the account is deleted", async () => {
  const user = person(fresh);
  await signIn(user, "An0therPassw0rd!");
  await called((done) => user.deleteUser(done));
  return refusal(signIn(person(fresh), "An0therPassw0rd!"));
});
