#!/usr/bin/env bash
# Installs the programs that the tests need and that this machine lacks:
#
#   scripts/test-deps.sh [compiler | shellcheck | wrk]
#
# These are a C compiler with its headers (the race detector, the prose linter),
# openssl, curl (the installer), Node.js with npm (tests against npm packages), Chromium
# (tests of pages), nginx, HAProxy and Caddy (tests of the gateway), wrk (its measurement) and
# systemd-analyze (its unit). With an argument it installs that program only; wrk comes with
# nginx. Debian's packages of the proxies also start them as services.
# On Debian it uses apt-get. On other systems it prints what is missing, and the
# tests that need it are skipped. With CI=true a missing program is a failure.
set -euo pipefail
cd "$(dirname "$0")/.."

only=${1:-}

# The race detector needs cgo, and cgo a C compiler with its headers.
has_cgo() {
  CGO_ENABLED=1 go build runtime/cgo 2>/dev/null
}

has_node() {
  command -v node >/dev/null && command -v npm >/dev/null
}

has_chromium() {
  command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null
}

has_proxy() {
  PATH=$PATH:/usr/sbin command -v "$1" >/dev/null
}

missing() {
  if [ "$only" = shellcheck ]; then
    command -v shellcheck >/dev/null || echo shellcheck
    return 0
  fi
  if [ "$only" = wrk ]; then
    command -v wrk >/dev/null || echo wrk
    has_proxy nginx || echo nginx-light
    return 0
  fi
  has_cgo || echo gcc libc6-dev
  [ "$only" != compiler ] || return 0
  command -v openssl >/dev/null || echo openssl
  command -v curl >/dev/null || echo curl ca-certificates
  has_node || echo nodejs npm
  has_chromium || echo chromium
  has_proxy nginx || echo nginx-light
  has_proxy haproxy || echo haproxy
  has_proxy caddy || echo caddy
  command -v wrk >/dev/null || echo wrk
  command -v systemd-analyze >/dev/null || echo systemd
}

install() {
  local privilege=()
  if [ ! -f /etc/debian_version ] || ! command -v apt-get >/dev/null; then
    echo "test-deps: missing: $*; this is not Debian: install them yourself" >&2
    return
  fi
  if [ "$(id -u)" -ne 0 ]; then
    if ! sudo -n true 2>/dev/null; then
      echo "test-deps: missing: $*; no root and no sudo without a password: run apt-get install $*" >&2
      return
    fi
    privilege=(sudo -n)
  fi
  echo "test-deps: installing $*"
  # An empty array is "unset" to bash before 4.4, hence the +.
  ${privilege[@]+"${privilege[@]}"} apt-get update -qq &&
    ${privilege[@]+"${privilege[@]}"} env DEBIAN_FRONTEND=noninteractive \
      apt-get install -y -qq --no-install-recommends "$@" >/dev/null ||
    echo "test-deps: apt-get failed" >&2
}

# Word splitting wanted: package names.
# shellcheck disable=SC2046
[ -z "$(missing)" ] || install $(missing)

[ "$only" != shellcheck ] && [ "$only" != wrk ] || exit 0
if ! has_cgo; then
  echo "test-deps: no working C compiler: tests run without the race detector, and there is no prose linter" >&2
  [ "${CI:-}" != true ] || exit 1
fi
[ "$only" != compiler ] || exit 0
if ! has_chromium; then
  echo "test-deps: no Chromium: tests of pages are skipped" >&2
  [ "${CI:-}" != true ] || exit 1
fi
for proxy in nginx haproxy caddy; do
  if ! has_proxy "$proxy"; then
    echo "test-deps: no $proxy: tests of the gateway with it are skipped" >&2
    [ "${CI:-}" != true ] || exit 1
  fi
done
for program in wrk systemd-analyze; do
  if ! command -v "$program" >/dev/null; then
    echo "test-deps: no $program: the tests with it are skipped" >&2
    [ "${CI:-}" != true ] || exit 1
  fi
done
if ! has_node; then
  echo "test-deps: no Node.js with npm: tests against npm packages are skipped" >&2
  [ "${CI:-}" != true ] || exit 1
  exit 0
fi

for node in interop/testdata/node bench/testdata/node; do
  if [ -f "$node/package-lock.json" ] &&
    { [ ! -d "$node/node_modules" ] || [ "$node/package-lock.json" -nt "$node/node_modules/.package-lock.json" ]; }; then
    echo "test-deps: npm ci in $node"
    if ! (cd "$node" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error </dev/null); then
      echo "test-deps: npm ci failed: tests against npm packages are skipped" >&2
      rm -rf "$node/node_modules"
      [ "${CI:-}" != true ] || exit 1
    fi
  fi
done
