#!/usr/bin/env bash
# Breaks the checks of the verifier, one at a time, in a copy of the library, and
# fails where the tests do not notice: scripts/mutate.sh [ONLY] [FLAG...]
# ONLY is a regular expression for the names and files of the breaks; the flags are
# those of internal/mutate, such as -list and -every 10.
set -euo pipefail
cd "$(dirname "$0")/.."

only=${1:-}
[ $# -eq 0 ] || shift
# Published vectors are optional for tests, unless this is the whole of CI.
unset CI
exec go run ./internal/mutate -module cognito -only "$only" "$@"
