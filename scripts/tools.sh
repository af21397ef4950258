#!/usr/bin/env bash
# Builds the pinned linters into .bin and prints their paths:
#
#   scripts/tools.sh [golangci-lint | vale | actionlint | apidiff]...
#
# Without arguments it builds all of them. A tool is built once for each version of the
# tool and of Go. Vale parses with C libraries, so it needs a C compiler.
set -euo pipefail
cd "$(dirname "$0")/.."

# tool NAME PACKAGE VERSION
tool() {
  local name=$1 package=$2 version=$3 path build
  path=$PWD/.bin/$name-$version-$(go env GOVERSION)
  if [ ! -x "$path" ]; then
    echo "tools: building $name $version, a minute or two" >&2
    mkdir -p .bin
    build=$(mktemp -d "$PWD/.bin/build.XXXXXX")
    GOWORK=off GOFLAGS=-buildvcs=false GOBIN=$build go install "$package@$version" >"$build/log" 2>&1 || {
      cat "$build/log" >&2
      rm -rf "$build"
      echo "tools: $name $version could not be built" >&2
      exit 1
    }
    mv "$build/$name" "$path"
    rm -rf "$build"
  fi
  echo "$path"
}

[ $# -gt 0 ] || set -- golangci-lint vale actionlint apidiff
for name in "$@"; do
  case $name in
    golangci-lint)
      tool golangci-lint github.com/golangci/golangci-lint/v2/cmd/golangci-lint v2.15.0
      ;;
    vale)
      scripts/test-deps.sh compiler >&2
      CGO_ENABLED=1 tool vale github.com/vale-cli/vale/v3/cmd/vale v3.21.0
      ;;
    actionlint)
      tool actionlint github.com/rhysd/actionlint/cmd/actionlint v1.7.12
      ;;
    apidiff)
      tool apidiff golang.org/x/exp/cmd/apidiff v0.0.0-20261113113407-e3970619a1a4
      ;;
    *)
      echo "tools: no tool is called $name" >&2
      exit 2
      ;;
  esac
done
