// @modelcontextprotocol/sdk: a client that knows nothing but the URL of a server.
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { UnauthorizedError } from "@modelcontextprotocol/sdk/client/auth.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";

import { Browser } from "./browser.mjs";
import { assert, stage } from "./story.mjs";

// What the SDK asks its user to keep.
class Provider {
  constructor(redirect) {
    this.redirectUrl = redirect;
    this.clientMetadata = { client_name: "a test", redirect_uris: [redirect] };
  }
  clientInformation = () => this.client;
  saveClientInformation = (client) => (this.client = client);
  tokens = () => this.kept;
  saveTokens = (tokens) => (this.kept = tokens);
  codeVerifier = () => this.verifier;
  saveCodeVerifier = (verifier) => (this.verifier = verifier);
  redirectToAuthorization = (url) => (this.asked = url);
}

const connect = async (server, authProvider) => {
  const client = new Client({ name: "a test", version: "1" });
  const transport = new StreamableHTTPClientTransport(new URL(server), { authProvider });
  try {
    await client.connect(transport);
    return { client, transport };
  } catch (error) {
    return { error, transport };
  }
};

const provider = new Provider(stage.callback);
const first = await connect(stage.server, provider);
assert(first.error instanceof UnauthorizedError, `connected without a token: ${first.error}`);
const { left } = await new Browser().signIn(provider.asked, stage.username, stage.password);
await first.transport.finishAuth(left.searchParams.get("code"));

const { client, error } = await connect(stage.server, provider);
if (error) throw error;
const { content } = await client.callTool({ name: "orders", arguments: {} });
await client.close();

const elsewhere = await connect(stage.server, new Provider("http://localhost:3001/callback"));

process.stdout.write(
  JSON.stringify({
    text: content[0].text,
    asked: provider.asked.href,
    token: provider.kept.access_token,
    refresh: provider.kept.refresh_token,
    elsewhere: String(elsewhere.error),
  }),
);
