#!/usr/bin/env bash
# Measures the gateway beside bare servers, in nginx, for Envoy, and beside oauth2-proxy:
#
#   scripts/bench-gateway.sh [-rounds N] [-turn 2s]
#
# It installs wrk and nginx on Debian, and builds oauth2-proxy, and Caddy with the module, into
# .bin, which takes minutes the first time. Without arguments and with all of them it also draws the chart of the
# documentation, docs/img/gateway-speed.svg.
set -euo pipefail
cd "$(dirname "$0")/.."

peer=v7.15.6
scripts/test-deps.sh wrk
mkdir -p .bin
if [ ! -x .bin/oauth2-proxy ]; then
  echo "bench-gateway: building oauth2-proxy $peer" >&2
  GOBIN="$PWD/.bin" GOFLAGS=-trimpath GOWORK=off "${GO:-go}" install "github.com/oauth2-proxy/oauth2-proxy/v7@$peer" ||
    echo "bench-gateway: oauth2-proxy does not build: it is left out" >&2
fi
(cd gateway/caddy && GOFLAGS=-trimpath GOWORK=off "${GO:-go}" build -o ../../.bin/caddy ./cmd/caddy) ||
  echo "bench-gateway: Caddy does not build: it is left out" >&2
# Built first: go run does not pass on signals, so the servers would keep running.
"${GO:-go}" build -o .bin/poolguard ./cmd/poolguard
if [ $# -eq 0 ] && [ -x .bin/oauth2-proxy ]; then
  set -- -svg ../docs/img/gateway-speed.svg
fi
cd bench
"${GO:-go}" build -o ../.bin/bench-gateway ./gateway
exec ../.bin/bench-gateway "$@"
