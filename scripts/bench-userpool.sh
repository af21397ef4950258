#!/usr/bin/env bash
# Measures sign-ins at the local user pool:
#
#   scripts/bench-userpool.sh [-rounds N] [-turn 60ms]
#
# It measures cognito-local too if that is installed. It takes 130 MB, so this script does
# not install it: run npm ci --ignore-scripts in bench/testdata/cognito-local.
set -euo pipefail
cd "$(dirname "$0")/.."

# Built first: go run does not pass on signals, so the servers would keep running.
mkdir -p .bin
"${GO:-go}" build -o .bin/poolguard ./cmd/poolguard
cd bench
"${GO:-go}" build -o ../.bin/bench-userpool ./userpool
exec ../.bin/bench-userpool -command ../.bin/poolguard "$@"
