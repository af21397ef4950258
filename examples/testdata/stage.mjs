// Has Node.js find the stand-in for Amazon's address of a pool's keys, which its TLS
// authenticates as it would the real one: Node.js 20 knows no HTTPS_PROXY.
import https from "node:https";
import tls from "node:tls";

const [host, port] = process.env.STAGE.split(":");
https.globalAgent.createConnection = (options) => tls.connect({ ...options, host, port: Number(port) });
