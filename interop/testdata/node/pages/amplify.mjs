// aws-amplify in a browser: the pool's own pages by signInWithRedirect.
import { Amplify } from "aws-amplify";
import * as auth from "aws-amplify/auth";
import "aws-amplify/auth/enable-oauth-listener";
import { Hub } from "aws-amplify/utils";

import { readStage, refusal, tell } from "./stage.mjs";

const here = `${location.origin}/`;
const events = [];
Hub.listen("auth", ({ payload }) => events.push(payload.event));

async function configure() {
  const { url, poolId, web } = await readStage();
  Amplify.configure({
    Auth: {
      Cognito: {
        userPoolId: poolId,
        userPoolClientId: web.id,
        userPoolEndpoint: url,
        loginWith: {
          oauth: {
            domain: new URL(url).host,
            scopes: ["openid", "email", "profile", "aws.cognito.signin.user.admin"],
            redirectSignIn: [here],
            redirectSignOut: [here],
            responseType: "code",
          },
        },
      },
    },
  });
}
const ready = configure();

async function session(options) {
  const { tokens } = await auth.fetchAuthSession(options);
  if (!tokens) return {};
  return { tokens: { access_token: tokens.accessToken.toString(), id_token: tokens.idToken.toString() } };
}

// The event that the redirect back from the pool ends with.
async function arrived() {
  await ready;
  for (let n = 0; n < 100; n++) {
    const event = events.find((e) => e === "signedIn" || e === "signInWithRedirect" || e === "signInWithRedirect_failure");
    if (event) return event;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`nothing happened but ${events}`);
}

tell({
  leave: async () => {
    await ready;
    await auth.signInWithRedirect();
  },
  arrive: async () => {
    const event = await arrived();
    if (event === "signInWithRedirect_failure") throw new Error(event);
    const { username } = await auth.getCurrentUser();
    return { saw: { username, query: location.search }, ...(await session()) };
  },
  attributes: async () => {
    const { sub, ...attributes } = await auth.fetchUserAttributes();
    return { saw: attributes };
  },
  refresh: async () => {
    const before = await session();
    const after = await session({ forceRefresh: true });
    if (before.tokens.access_token === after.tokens.access_token) throw new Error("the same access token");
    return after;
  },
  signOut: async () => {
    await auth.signOut();
  },
  nobody: async () => {
    await ready;
    return refusal(auth.getCurrentUser());
  },
});
