#!/usr/bin/env bash
# Builds the pinned linter into .bin, once for each version of it and of Go,
# and prints its path.
set -euo pipefail
cd "$(dirname "$0")/.."

version=v2.15.0

tool=$PWD/.bin/golangci-lint-$version-$(go env GOVERSION)
if [ ! -x "$tool" ]; then
  echo "tools: building golangci-lint $version, a minute or two" >&2
  mkdir -p .bin
  build=$(mktemp -d "$PWD/.bin/build.XXXXXX")
  trap 'rm -rf "$build"' EXIT
  GOWORK=off GOFLAGS=-buildvcs=false GOBIN=$build \
    go install "github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$version" >&2
  mv "$build/golangci-lint" "$tool"
fi
echo "$tool"
