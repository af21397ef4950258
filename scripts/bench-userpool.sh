#!/usr/bin/env bash
# Measures sign-ins at the local user pool: scripts/bench-userpool.sh [-rounds N] [-turn 60ms]
# cognito-local is beside it where it is installed; it takes 130 MB, so that is not done
# here: npm ci --ignore-scripts in bench/testdata/cognito-local.
set -euo pipefail
cd "$(dirname "$0")/.."

# Built first: go run would not pass on a signal, and what was started would stay.
mkdir -p .bin
"${GO:-go}" build -o .bin/poolguard ./cmd/poolguard
cd bench
"${GO:-go}" build -o ../.bin/bench-userpool ./userpool
exec ../.bin/bench-userpool -command ../.bin/poolguard "$@"
