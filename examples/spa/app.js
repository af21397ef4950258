// Signs in with a code and PKCE (RFC 7636), calls the API, and signs out. Tokens are in this page's
// memory alone: a reload signs in again, without a password while the pool's own session lasts.
const config = await (await fetch("/config.json")).json();
const redirect_uri = `${location.origin}/callback`;
const element = (id) => document.querySelector(`#${id}`);
const show = (text) => { element("orders").textContent = text; };
const base64url = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const random = () => base64url(crypto.getRandomValues(new Uint8Array(32)));
const post = (path, form) => fetch(config.domain + path, { method: "POST", body: new URLSearchParams({ client_id: config.client_id, ...form }) });

element("sign-in").onclick = async () => {
  const flow = { state: random(), nonce: random(), code_verifier: random() };
  sessionStorage.setItem("flow", JSON.stringify(flow));
  const code_challenge = base64url(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(flow.code_verifier)));
  location.assign(`${config.domain}/oauth2/authorize?${new URLSearchParams({ response_type: "code", client_id: config.client_id, redirect_uri,
    scope: "openid orders/read", state: flow.state, nonce: flow.nonce, code_challenge, code_challenge_method: "S256" })}`);
};

// The refresh token is revoked first. Then the pool ends its own session and sends the browser back.
const signOut = async (refresh_token) => {
  await post("/oauth2/revoke", { token: refresh_token });
  location.assign(`${config.domain}/logout?${new URLSearchParams({ client_id: config.client_id, logout_uri: `${location.origin}/` })}`);
};

async function arrive(query) {
  history.replaceState(null, "", "/"); // from here on the code is in no address, history or Referer
  const { state, nonce, code_verifier } = JSON.parse(sessionStorage.getItem("flow") ?? "{}");
  sessionStorage.removeItem("flow"); // it is good once
  if (!state || query.get("state") !== state) throw new Error("this sign-in was not begun here");
  if (query.has("error")) throw new Error(query.get("error"));
  const tokens = await (await post("/oauth2/token", { grant_type: "authorization_code", redirect_uri, code: query.get("code"), code_verifier })).json();
  if (tokens.error) throw new Error(tokens.error);
  const claims = JSON.parse(atob(tokens.id_token.split(".")[1].replaceAll("-", "+").replaceAll("_", "/")));
  if (claims.nonce !== nonce) throw new Error("the ID token is of another sign-in");
  element("user").textContent = `You are signed in as ${claims["cognito:username"]}.`;
  element("sign-in").hidden = true;
  element("sign-out").hidden = false;
  element("sign-out").onclick = () => signOut(tokens.refresh_token).catch((error) => show(error.message));
  return (await fetch("/orders", { headers: { Authorization: `Bearer ${tokens.access_token}` } })).text();
}
if (location.pathname === "/callback") arrive(new URLSearchParams(location.search)).then(show, (error) => show(error.message));
