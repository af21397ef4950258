#!/usr/bin/env bash
# Changes the security decisions of the library, one at a time, and fails if the tests
# do not notice one. The arguments are those of cognito/internal/mutate, such as
# -only REGEXP, -all, -list and -every 10.
set -euo pipefail
cd "$(dirname "$0")/../cognito"

# The published vectors are optional for tests, except in the whole of CI.
unset CI
exec go run ./internal/mutate "$@"
