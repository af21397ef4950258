#!/usr/bin/env bash
# Runs the tests of every module of the workspace with the race detector, and then those of
# the modules outside of it. It passes its arguments to go test:
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
status=0
if [ "${WITHOUT_CLIENTS:-}" != yes ]; then
  go test "${race[@]+"${race[@]}"}" "$@" work || status=$?
else
  interop=$(cd interop && go list .)
  # Word splitting wanted: names of packages.
  # shellcheck disable=SC2046
  go test "${race[@]+"${race[@]}"}" "$@" $(go list work | grep -vxF "$interop") || status=$?
  go test "${race[@]+"${race[@]}"}" "$@" -skip '^TestClient' "$interop" || status=$?
fi
# These have large requirements, which are not compiled a second time for the race detector.
# The code that decides is in the workspace.
outside=$(scripts/modules.sh --outside)
for dir in $outside; do
  (cd "$dir" && GOWORK=off go test "$@" ./...) || status=$?
done
exit "$status"
