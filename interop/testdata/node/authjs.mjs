// @auth/core: the Cognito provider as Auth.js and next-auth have it, handler to handler.
import { Auth } from "@auth/core";
import Cognito from "@auth/core/providers/cognito";

import { Browser, problemOf } from "./browser.mjs";
import { assert, refusal, setClock, stage, step } from "./story.mjs";

const origin = new URL(stage.callback).origin;

// An application with one browser: its pages are Auth's answers.
class Application {
  cookies = new Browser();
  errors = [];

  constructor(client, provider = {}) {
    this.config = {
      basePath: "/auth",
      secret: "a secret of the application, which encrypts its cookies",
      trustHost: true,
      logger: { error: (error) => this.errors.push(error), warn: () => {} },
      providers: [Cognito({ clientId: client.id, clientSecret: client.secret, issuer: stage.issuer, ...provider })],
      callbacks: {
        jwt({ token, account }) {
          return account ? { ...token, account } : token;
        },
        session: ({ session, token }) => ({ ...session, account: token.account }),
      },
    };
  }

  async request(path, form) {
    const request = new Request(new URL(path, origin), {
      method: form ? "POST" : "GET",
      headers: {
        cookie: this.cookies.cookieHeader(),
        ...(form && { "Content-Type": "application/x-www-form-urlencoded" }),
      },
      body: form && new URLSearchParams(form).toString(),
    });
    const response = await Auth(request, this.config);
    this.cookies.keep(response);
    return response;
  }

  async post(path) {
    const { csrfToken } = await (await this.request("/auth/csrf")).json();
    return this.request(path, { csrfToken, callbackUrl: `${origin}/` });
  }

  // Returns the pool's address that the user is sent to.
  async authorization() {
    const response = await this.post("/auth/signin/cognito");
    const location = response.headers.get("location");
    assert(location?.startsWith(stage.url), `sent to ${location}: ${this.errors}`);
    return location;
  }

  // Returns where the application sends its user in the end.
  async signIn(browser = new Browser()) {
    const address = await this.authorization();
    const { left } = browser.cookies.size
      ? await browser.visit(address)
      : await browser.signIn(address, stage.username, stage.password);
    assert(left, "no redirect to the application");
    const response = await this.request(left.pathname + left.search);
    return response.headers.get("location");
  }

  async session() {
    return (await this.request("/auth/session")).json();
  }
}

// The address that Auth sends to when something failed, and why it failed.
function failed(application, location) {
  const cause = application.errors.at(-1)?.cause;
  return { location, error: cause?.err?.error ?? cause?.err?.message ?? String(application.errors.at(-1)) };
}

const careful = { checks: ["pkce", "state", "nonce"] };
const application = new Application(stage.backend, careful);
const browser = new Browser();

await step("wrong password: the page says so", async () => {
  const address = await application.authorization();
  return { saw: problemOf(await new Browser().signIn(address, stage.username, "Wr0ngPassw0rd!")) };
});
await step("sign-in: signin, callback, session", async () => {
  const location = await application.signIn(browser);
  const session = await application.session();
  assert(session, `no session: ${JSON.stringify(failed(application, location))}`);
  const { user, account } = session;
  return { tokens: account, saw: { location, user, type: account.token_type, provider: account.provider } };
});
await step("sign-in: the provider as it comes", async () => {
  const plain = new Application(stage.backend);
  const location = await plain.signIn();
  assert(await plain.session(), `no session: ${JSON.stringify(failed(plain, location))}`);
});
await step("sign-in: a client without a secret", async () => {
  const spa = new Application(stage.web, { ...careful, client: { token_endpoint_auth_method: "none" } });
  const location = await spa.signIn();
  const session = await spa.session();
  assert(session, `no session: ${JSON.stringify(failed(spa, location))}`);
  return { tokens: session.account };
});
await step("sign-in: a wrong secret", async () => {
  const wrong = new Application({ id: stage.backend.id, secret: "wrong" }, careful);
  return { saw: failed(wrong, await wrong.signIn()) };
});
await step("sign-in: a callback that comes twice", async () => {
  const twice = new Application(stage.backend, careful);
  const { left } = await browser.visit(await twice.authorization());
  const before = new Map(twice.cookies.cookies);
  await twice.request(left.pathname + left.search);
  assert(await twice.session(), "no session");
  twice.cookies.cookies = before;
  const response = await twice.request(left.pathname + left.search);
  return { saw: failed(twice, response.headers.get("location")) };
});

// Auth leaves what follows to the application: these are its guide's requests.
const discovery = await (await fetch(`${stage.issuer}/.well-known/openid-configuration`)).json();

async function post(endpoint, { id, secret }, form) {
  const response = await fetch(endpoint, {
    method: "POST",
    body: new URLSearchParams({ client_id: id, ...(secret && { client_secret: secret }), ...form }),
  });
  const text = await response.text();
  const body = text ? JSON.parse(text) : {};
  if (!response.ok) throw Object.assign(new Error(String(response.status)), { name: body.error });
  return body;
}

const refresh = (client, token) =>
  post(discovery.token_endpoint, client, { grant_type: "refresh_token", refresh_token: token });
const revoke = (client, token) => post(discovery.revocation_endpoint, client, { token });

async function userInfo(accessToken) {
  const response = await fetch(discovery.userinfo_endpoint, { headers: { authorization: `Bearer ${accessToken}` } });
  if (response.ok) return response.json();
  const challenge = response.headers.get("www-authenticate");
  throw Object.assign(new Error(String(response.status)), { name: /error="([^"]*)"/.exec(challenge)[1] });
}

const { account } = await application.session();
await step("tokens: user info", async () => {
  const info = await userInfo(account.access_token);
  assert(info.sub === account.providerAccountId, `sub ${info.sub}`);
  delete info.sub;
  return { saw: info };
});
await step("refresh: by the application", async () => ({ tokens: await refresh(stage.backend, account.refresh_token) }));
await step("rotation: by the application", async () => {
  const rotating = new Application(stage.rotating, { ...careful, client: { token_endpoint_auth_method: "none" } });
  const location = await rotating.signIn(browser);
  const session = await rotating.session();
  assert(session, `no session: ${JSON.stringify(failed(rotating, location))}`);
  const first = session.account;
  const second = await refresh(stage.rotating, first.refresh_token);
  assert(second.refresh_token && second.refresh_token !== first.refresh_token, "no new refresh token");
  await setClock("11s");
  try {
    return { tokens: second, ...(await refusal(refresh(stage.rotating, first.refresh_token))) };
  } finally {
    await setClock("0s");
  }
});
await step("revoke: by the application", async () => {
  await revoke(stage.backend, account.refresh_token);
  return refusal(refresh(stage.backend, account.refresh_token));
});
await step("revoke: user info", () => refusal(userInfo(account.access_token)));

await step("sign-out: of the application and of the pool", async () => {
  await application.post("/auth/signout");
  const session = await application.session();
  const out = new URL(discovery.end_session_endpoint);
  out.search = new URLSearchParams({ client_id: stage.backend.id, logout_uri: stage.signOut });
  const { left } = await browser.visit(out);
  const { page } = await browser.visit(await application.authorization());
  return { saw: { session, left: left.href, form: page.includes("<form") } };
});
