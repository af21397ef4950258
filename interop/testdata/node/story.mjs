// What the programs of this folder share: each is one client's story with the user
// pool. Standard input is one JSON object that describes the pool (served_test.go);
// standard output has one line of JSON for each step of the story:
//
//   {step, ok: true, ms, ...}    what the step returned: tokens, refused, saw
//   {step, ok: false, ms, error} what it threw

async function read(stream) {
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return JSON.parse(Buffer.concat(chunks).toString("utf8"));
}

// The pool and its app clients; see description in story_test.go.
export const stage = await read(process.stdin);

// Takes a step, reports it, and returns what it returned. A step that throws does
// not end the story: those after it show how far it reaches.
export async function step(name, run) {
  const start = performance.now();
  const ms = () => Math.round(performance.now() - start);
  let report = {};
  try {
    report = (await run()) ?? {};
    print({ step: name, ok: true, ms: ms(), ...report });
  } catch (error) {
    print({ step: name, ok: false, ms: ms(), error: described(error) });
  }
  return report;
}

function print(line) {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

function described(error) {
  const { name, message, stack } = error ?? {};
  return { name, message: message ?? String(error), stack };
}

// Expects an error, and returns it as a report: its name and message as the client's
// user sees them.
export async function refusal(promise) {
  let result;
  try {
    result = await promise;
  } catch (error) {
    return { refused: { name: error.name, message: error.message } };
  }
  throw new Error(`not refused: ${JSON.stringify(result)}`);
}

// Waits for the oldest code that the pool has sent to a user and nobody has read.
export async function mail(username) {
  const response = await fetch(`${stage.stage}/mail/${encodeURIComponent(username)}`);
  if (!response.ok) throw new Error(await response.text());
  return response.json();
}

// Sets the pool's clock ahead by that much, such as "11s"; "0s" sets it right.
export async function setClock(offset) {
  await told(`clock/${offset}`);
}

// Has the pool sign with new keys.
export async function rotateKeys() {
  await told("keys");
}

async function told(path) {
  const response = await fetch(`${stage.stage}/${path}`, { method: "POST" });
  if (!response.ok) throw new Error(await response.text());
}

export function assert(holds, message) {
  if (!holds) throw new Error(message);
}
