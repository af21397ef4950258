#!/usr/bin/env bash
# Runs the tests of every module of the workspace with the race detector. It passes its
# arguments to go test:
#
#   scripts/test.sh -run TestVerify -v
#
# WITHOUT_CLIENTS=yes leaves out the clients of other projects, for scripts/test-clients.sh.
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/test-deps.sh

race=()
if [ "${CI:-}" = true ] || CGO_ENABLED=1 go build runtime/cgo 2>/dev/null; then
  export CGO_ENABLED=1
  race=(-race)
fi
if [ "${WITHOUT_CLIENTS:-}" != yes ]; then
  exec go test "${race[@]+"${race[@]}"}" "$@" work
fi
interop=$(cd interop && go list .)
status=0
# Word splitting wanted: names of packages.
# shellcheck disable=SC2046
go test "${race[@]+"${race[@]}"}" "$@" $(go list work | grep -vxF "$interop") || status=$?
go test "${race[@]+"${race[@]}"}" "$@" -skip '^TestClient' "$interop" || status=$?
exit "$status"
