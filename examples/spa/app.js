// Signs in with a code and PKCE (RFC 7636), and calls the API. Tokens are in this page's memory alone.
const config = await (await fetch("/config.json")).json();
const redirect_uri = `${location.origin}/callback`;
const show = (text) => { document.querySelector("#orders").textContent = text; };
const base64url = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const random = () => base64url(crypto.getRandomValues(new Uint8Array(32)));
document.querySelector("#sign-in").onclick = async () => {
  const flow = { state: random(), nonce: random(), code_verifier: random() };
  sessionStorage.setItem("flow", JSON.stringify(flow));
  const code_challenge = base64url(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(flow.code_verifier)));
  location.assign(`${config.domain}/oauth2/authorize?${new URLSearchParams({ response_type: "code", client_id: config.client_id, redirect_uri,
    scope: "openid orders/read", state: flow.state, nonce: flow.nonce, code_challenge, code_challenge_method: "S256" })}`);
};
async function arrive(query) {
  history.replaceState(null, "", "/"); // from here on the code is in no address, history or Referer
  const { state, nonce, code_verifier } = JSON.parse(sessionStorage.getItem("flow") ?? "{}");
  sessionStorage.removeItem("flow"); // it is good once
  if (!state || query.get("state") !== state) throw new Error("this sign-in was not begun here");
  if (query.has("error")) throw new Error(query.get("error"));
  const body = new URLSearchParams({ grant_type: "authorization_code", client_id: config.client_id, redirect_uri, code: query.get("code"), code_verifier });
  const tokens = await (await fetch(`${config.domain}/oauth2/token`, { method: "POST", body })).json();
  if (tokens.error) throw new Error(tokens.error);
  const claims = JSON.parse(atob(tokens.id_token.split(".")[1].replaceAll("-", "+").replaceAll("_", "/")));
  if (claims.nonce !== nonce) throw new Error("the ID token is of another sign-in");
  return (await fetch("/orders", { headers: { Authorization: `Bearer ${tokens.access_token}` } })).text();
}
if (location.pathname === "/callback") arrive(new URLSearchParams(location.search)).then(show, (error) => show(error.message));
