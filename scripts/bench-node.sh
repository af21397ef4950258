#!/usr/bin/env bash
# Installs the verifiers from npm that the benchmarks compare. Without Node.js and npm it
# prints that they are left out, and fails. The benchmarks then run without them, except
# with CI=true, where they fail.
set -euo pipefail
cd "$(dirname "$0")/../bench/testdata/node"

if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
  echo "bench: no Node.js with npm: aws-jwt-verify and the other verifiers from npm are left out" >&2
  exit 1
fi
if [ ! -f node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
  if ! npm ci --ignore-scripts --no-audit --no-fund --loglevel=error </dev/null >&2; then
    echo "bench: npm ci failed: aws-jwt-verify and the other verifiers from npm are left out" >&2
    rm -rf node_modules
    exit 1
  fi
fi
