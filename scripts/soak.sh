#!/usr/bin/env bash
# Puts a load on the gateway while keys, configurations and proxies change:
#
#   SOAK=10m scripts/soak.sh [-workers N]
#
# nginx and HAProxy are left out where they are not installed; scripts/test-deps.sh installs
# them on Debian.
set -euo pipefail
cd "$(dirname "$0")/.."

# Built first: go run does not pass on signals, so the servers would keep running.
mkdir -p .bin
"${GO:-go}" build -o .bin/poolguard ./cmd/poolguard
cd bench
"${GO:-go}" build -o ../.bin/soak ./soak
exec ../.bin/soak -for "${SOAK:-10m}" "$@"
