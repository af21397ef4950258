// Answers one line of JSON for each line that it is told on standard input:
//
//   {"do":"setup","pool":{...},"sets":{"name":"file"}}            {"versions":{...}}
//   {"do":"run","peer":"jose-npm","set":"1 KB","from":0,"to":500,"times":1}   {"ns":12345}
//   {"do":"judge","pools":[...],"tokenUse":"access","now":1767225600,"token":"base64"}   {"accepted":{"jose-npm":true}}
//
// A refused token is {"refused":"why"}; anything that should not be is {"error":"what"}.
// Times are those of the verifications alone, by this process's own clock.

import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { judge } from './judge.mjs'
import { peers } from './peers.mjs'

const sets = {}
let verifiers = {}

function setup({ pool, sets: files }) {
  verifiers = {}
  for (const name of Object.keys(peers)) {
    try {
      verifiers[name] = peers[name](pool)
    } catch (error) {
      // A key set that a library cannot read is a matter of that library.
      verifiers[name] = () => {
        throw error
      }
    }
  }
  for (const [name, file] of Object.entries(files ?? {})) {
    sets[name] = readFileSync(file, 'latin1').split('\n').filter((line) => line !== '')
  }
  return { versions: versions() }
}

function versions() {
  const lock = JSON.parse(readFileSync(new URL('package-lock.json', import.meta.url), 'utf8'))
  const found = { node: process.versions.node }
  for (const name of Object.keys(lock.packages[''].dependencies)) {
    found[name] = lock.packages[`node_modules/${name}`].version
  }
  return found
}

async function run({ peer, set, from, to, times }) {
  const verify = verifiers[peer]
  if (!verify) return { error: `no peer is called ${peer}` }
  if (!sets[set] || to > sets[set].length) return { error: `the set ${set} has no such tokens` }
  const range = sets[set].slice(from, to)
  let ns = 0n
  try {
    for (let left = times; left > 0; ) {
      const some = Math.min(left, Math.max(1, Math.floor(chunk / range.length)))
      const tokens = copies(range, some)
      const start = process.hrtime.bigint()
      // Two loops: awaiting what is no promise would cost the synchronous ones.
      if (verify.constructor.name === 'AsyncFunction') {
        for (const raw of tokens) await verify(raw)
      } else {
        for (const raw of tokens) verify(raw)
      }
      ns += process.hrtime.bigint() - start
      left -= some
    }
  } catch (error) {
    return { refused: `${error.name}: ${error.message}` }
  }
  return { ns: Number(ns) }
}

// A token comes with each request as a string of its own. One that was verified before
// would have its hash kept with it, and be equal to that in a cache without a look at it.
const chunk = 2000

function copies(range, times) {
  const made = []
  for (let n = 0; n < times; n++) for (const raw of range) made.push(Buffer.from(raw, 'latin1').toString('latin1'))
  return made
}

for await (const line of createInterface({ input: process.stdin })) {
  let answer
  try {
    const request = JSON.parse(line)
    switch (request.do) {
      case 'setup':
        answer = setup(request)
        break
      case 'run':
        answer = await run(request)
        break
      case 'judge':
        answer = await judge(request)
        break
      default:
        answer = { error: `nothing is called ${request.do}` }
    }
  } catch (error) {
    answer = { error: String(error) }
  }
  process.stdout.write(JSON.stringify(answer) + '\n')
}
