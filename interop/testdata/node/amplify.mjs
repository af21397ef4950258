// aws-amplify, v6, without a browser: SRP, refresh by GetTokensFromRefreshToken.
import { Amplify } from "aws-amplify";
import * as auth from "aws-amplify/auth";

import { assert, mail, refusal, setClock, stage, step } from "./story.mjs";
import { totp } from "./totp.mjs";

function configure(client) {
  Amplify.configure({
    Auth: {
      Cognito: {
        userPoolId: stage.poolId,
        userPoolClientId: client.id,
        userPoolEndpoint: stage.url,
      },
    },
  });
}

async function session(options) {
  const { tokens } = await auth.fetchAuthSession(options);
  assert(tokens, "nobody is signed in");
  return { access_token: tokens.accessToken.toString(), id_token: tokens.idToken.toString() };
}

async function signedIn(username, password, authFlowType = "USER_SRP_AUTH") {
  const result = await auth.signIn({ username, password, options: { authFlowType } });
  assert(result.isSignedIn, `next step ${JSON.stringify(result.nextStep)}`);
  return session();
}

// Amplify keeps one session, and signs nobody in over another.
async function alone(run) {
  await auth.signOut();
  return run();
}

const fresh = "nils";
configure(stage.web);

await step("sign-in: before the confirmation", async () => {
  const olga = { username: "olga", password: stage.password };
  await auth.signUp({ ...olga, options: { userAttributes: { email: "olga@example.com" } } });
  return { saw: await auth.signIn(olga) };
});
await step("sign-up: a new user", async () => {
  const result = await auth.signUp({
    username: fresh,
    password: stage.password,
    options: { userAttributes: { email: `${fresh}@example.com` }, autoSignIn: true },
  });
  delete result.userId;
  return { saw: result };
});
await step("sign-up: a wrong code", () =>
  refusal(auth.confirmSignUp({ username: fresh, confirmationCode: "000000" })));
await step("sign-up: the right code", async () => ({
  saw: await auth.confirmSignUp({ username: fresh, confirmationCode: await mail(fresh) }),
}));
await step("sign-in: by itself after the sign-up", async () => {
  const result = await auth.autoSignIn();
  assert(result.isSignedIn, JSON.stringify(result.nextStep));
  return { tokens: await session() };
});

await step("wrong password: SRP", () => alone(() => refusal(signedIn(stage.username, "Wr0ngPassw0rd!"))));
await step("wrong password: SRP, of nobody", () => alone(() => refusal(signedIn("nobody", stage.password))));
await step("wrong password: USER_PASSWORD_AUTH", () =>
  alone(() => refusal(signedIn(stage.username, "Wr0ngPassw0rd!", "USER_PASSWORD_AUTH"))));
await step("sign-in: USER_PASSWORD_AUTH", () =>
  alone(async () => ({ tokens: await signedIn(stage.username, stage.password, "USER_PASSWORD_AUTH") })));
await step("sign-in: SRP", () => alone(async () => ({ tokens: await signedIn(stage.username, stage.password) })));

await step("tokens: who is signed in", async () => {
  const { username, signInDetails } = await auth.getCurrentUser();
  return { saw: { username, signInDetails } };
});
await step("tokens: attributes", async () => {
  const attributes = await auth.fetchUserAttributes();
  assert(/^[0-9a-f-]{36}$/.test(attributes.sub), `sub ${attributes.sub}`);
  delete attributes.sub;
  return { saw: attributes };
});
await step("tokens: a changed attribute", async () => {
  const result = await auth.updateUserAttributes({ userAttributes: { name: "Anaya R." } });
  return { saw: { result: result.name.isUpdated, name: (await auth.fetchUserAttributes()).name } };
});
await step("tokens: a changed e-mail address", async () => {
  const result = await auth.updateUserAttribute({ userAttribute: { attributeKey: "email", value: "new@example.com" } });
  await auth.confirmUserAttribute({ userAttributeKey: "email", confirmationCode: await mail(stage.username) });
  const { email, email_verified: verified } = await auth.fetchUserAttributes();
  return { saw: { next: result.nextStep, email, verified } };
});

await step("refresh: forced", async () => {
  const before = await session();
  const tokens = await session({ forceRefresh: true });
  assert(tokens.access_token !== before.access_token, "the same access token");
  return { tokens };
});

await step("mfa: an authenticator app", async () => {
  const setup = await auth.setUpTOTP();
  assert(setup.getSetupUri("Poolguard").href.startsWith("otpauth://totp/"), "no otpauth address");
  await auth.verifyTOTPSetup({ code: totp(setup.sharedSecret) });
  await auth.updateMFAPreference({ totp: "PREFERRED" });
  const preference = await auth.fetchMFAPreference();
  await auth.signOut();
  const challenge = await auth.signIn({ username: stage.username, password: stage.password });
  const refused = await refusal(auth.confirmSignIn({ challengeResponse: "000000" }));
  const result = await auth.confirmSignIn({ challengeResponse: totp(setup.sharedSecret, 1) });
  assert(result.isSignedIn, JSON.stringify(result));
  const tokens = await session();
  await auth.updateMFAPreference({ totp: "DISABLED" });
  return { saw: { preference, next: challenge.nextStep }, tokens, ...refused };
});

await step("password: changed", async () => {
  await auth.updatePassword({ oldPassword: stage.password, newPassword: "An0therPassw0rd!" });
  return alone(async () => ({ tokens: await signedIn(stage.username, "An0therPassw0rd!") }));
});
await step("password: forgotten", () =>
  alone(async () => {
    const { nextStep } = await auth.resetPassword({ username: fresh });
    await auth.confirmResetPassword({
      username: fresh,
      newPassword: "An0therPassw0rd!",
      confirmationCode: await mail(fresh),
    });
    return { saw: nextStep, tokens: await signedIn(fresh, "An0therPassw0rd!") };
  }));

await step("rotation: two refreshes", () =>
  alone(async () => {
    configure(stage.rotating);
    const first = await signedIn(fresh, "An0therPassw0rd!");
    await session({ forceRefresh: true });
    // Beyond the grace of the first refresh token: a client that kept it would fail now.
    await setClock("11s");
    try {
      const tokens = await session({ forceRefresh: true });
      assert(tokens.access_token !== first.access_token, "the same access token");
      return { tokens };
    } finally {
      await setClock("0s");
    }
  }));

// What the pool says of a token, asked behind Amplify's back.
async function getUser(accessToken) {
  const response = await fetch(stage.url, {
    method: "POST",
    headers: {
      "Content-Type": "application/x-amz-json-1.1",
      "X-Amz-Target": "AWSCognitoIdentityProviderService.GetUser",
    },
    body: JSON.stringify({ AccessToken: accessToken }),
  });
  const { __type: name, message } = await response.json();
  if (!response.ok) throw Object.assign(new Error(message), { name });
}

await step("revoke: signOut", () =>
  alone(async () => {
    configure(stage.web);
    const tokens = await signedIn(fresh, "An0therPassw0rd!");
    await auth.signOut();
    return refusal(getUser(tokens.access_token));
  }));
await step("sign-out: signOut everywhere", async () => {
  await signedIn(fresh, "An0therPassw0rd!");
  const elsewhere = await session();
  await auth.signOut();
  await signedIn(fresh, "An0therPassw0rd!");
  const tokens = await session();
  await auth.signOut({ global: true });
  await refusal(getUser(elsewhere.access_token));
  return refusal(getUser(tokens.access_token));
});
await step("sign-out: nobody is left", () => refusal(auth.getCurrentUser()));

// Amplify's automatic sign-in leaves a timer of three minutes.
process.exit();
