// oidc-client-ts in a browser.
import { UserManager, WebStorageStateStore } from "oidc-client-ts";

import { readStage, refusal, tell } from "./stage.mjs";

const here = `${location.origin}/`;

async function managerFor(client) {
  const stage = await readStage();
  return new UserManager({
    authority: stage.issuer,
    client_id: stage[client].id,
    redirect_uri: here,
    scope: "openid email profile aws.cognito.signin.user.admin",
    loadUserInfo: true,
    automaticSilentRenew: false,
    // Cognito revokes refresh tokens only.
    revokeTokenTypes: ["refresh_token"],
    userStore: new WebStorageStateStore({ store: localStorage, prefix: client }),
  });
}

const managers = { web: managerFor("web"), rotating: managerFor("rotating") };

function reported(user) {
  const { access_token, id_token, refresh_token } = user;
  return { tokens: { access_token, id_token, refresh_token } };
}

tell({
  leave: async (client) => {
    await (await managers[client]).signinRedirect({ state: { page: 7 } });
  },
  arrive: async (client) => {
    const manager = await managers[client];
    const user = await manager.signinCallback();
    history.replaceState({}, "", "/");
    const { name, email, email_verified: verified, username } = user.profile;
    return { ...reported(user), saw: { state: user.state, profile: { name, email, verified, username } } };
  },
  kept: async (client) => reported(await (await managers[client]).getUser()),
  refresh: async (client) => reported(await (await managers[client]).signinSilent()),
  // Refreshes with a refresh token of the past.
  refreshWith: async (client, refreshToken) => {
    const manager = await managers[client];
    const user = await manager.getUser();
    user.refresh_token = refreshToken;
    await manager.storeUser(user);
    return refusal(manager.signinSilent());
  },
  revoke: async (client) => {
    const manager = await managers[client];
    const { refresh_token: token } = await manager.getUser();
    await manager.revokeTokens();
    const user = await manager.getUser();
    user.refresh_token = token;
    await manager.storeUser(user);
    return refusal(manager.signinSilent());
  },
  userInfo: async (client) => {
    const manager = await managers[client];
    const { access_token: token } = await manager.getUser();
    const response = await fetch(await manager.metadataService.getUserInfoEndpoint(), {
      headers: { authorization: `Bearer ${token}` },
    });
    const [, code] = /error="([^"]*)"/.exec(response.headers.get("www-authenticate")) ?? [];
    return { saw: { status: response.status, code } };
  },
  // Cognito's logout is its own: it wants these two, and ignores the standard's.
  signOut: async (client) => {
    const manager = await managers[client];
    await manager.signoutRedirect({ extraQueryParams: { client_id: manager.settings.client_id, logout_uri: here } });
  },
  nobody: async (client) => ({ saw: await (await managers[client]).getUser() }),
});
