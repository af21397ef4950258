#!/usr/bin/env bash
# Runs the tests of every module of the workspace with the race detector. It passes its
# arguments to go test:
#
#   scripts/test.sh -run TestVerify -v
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/test-deps.sh

if [ "${CI:-}" = true ] || CGO_ENABLED=1 go build runtime/cgo 2>/dev/null; then
  exec env CGO_ENABLED=1 go test -race "$@" work
fi
exec go test "$@" work
