#!/usr/bin/env bash
# Runs tests in the FIPS 140-3 modes of Go: the packages that use cryptography, with
# GODEBUG=fips140=on and with fips140=only, which refuses what is not approved. Tests that
# need such a thing are skipped there and print why.
set -euo pipefail
cd "$(dirname "$0")/.."

status=0
run() {
  local mode=$1
  shift
  echo "GODEBUG=fips140=$mode go test $*"
  GODEBUG=fips140=$mode go test "$@" || status=1
}

packages=(./cognito/internal/jose ./cognito/keyset ./cognito/bearer ./cognito/alb ./cognito/oauth
  ./cognito/cognitotest ./cognito/grpcauth)
for mode in on only; do
  run "$mode" "${packages[@]}"
  run "$mode" -run 'TestVectors|TestReal|TestColdStart|TestRotation' ./cognito
done
exit "$status"
