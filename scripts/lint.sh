#!/usr/bin/env bash
# Checks the source: scripts/lint.sh [STEP...]
#   format  gofmt
#   vet     go vet, all modules
#   tidy    go.mod and go.sum, all modules
#   golang  golangci-lint, all modules (.golangci.yml)
#   rules   every import rule of .golangci.yml refuses what it should
#   shell   shellcheck, where it is installed
#   ports   go vet for other systems, and where an int has 32 bits
# Without arguments it takes all steps. Every step runs; the exit status is 1
# when any of them found something.
set -euo pipefail
cd "$(dirname "$0")/.."

go_files() {
  git ls-files -z --cached --others --exclude-standard -- '*.go' |
    while IFS= read -r -d '' file; do
      [ ! -f "$file" ] || printf '%s\0' "$file"
    done
}

format() {
  local found
  found=$(go_files | xargs -0 gofmt -l -s) || return 1
  [ -z "$found" ] || {
    printf 'not formatted, run gofmt -s -w:\n%s\n' "$found"
    return 1
  }
}

vet() {
  go vet work
}

each_module() {
  local dir dirs status=0
  dirs=$(scripts/modules.sh) || return 1
  while IFS= read -r dir; do
    (cd "$dir" && "$@") </dev/null || {
      echo "in module $dir"
      status=1
    }
  done <<<"$dirs"
  return "$status"
}

tidy() {
  each_module go mod tidy -diff
}

golang() {
  local tool
  tool=$(scripts/tools.sh) || return 1
  "$tool" config verify || return 1
  each_module "$tool" run ./...
}

ports() {
  local port
  for port in linux/386 windows/amd64 darwin/arm64; do
    echo "$port"
    GOOS=${port%/*} GOARCH=${port#*/} CGO_ENABLED=0 go vet ./... ./cognito/... || return 1
  done
}

rules() {
  scripts/lint-selftest.sh
}

shell() {
  if ! command -v shellcheck >/dev/null; then
    echo "shellcheck is not installed: scripts not checked"
    return 0
  fi
  shellcheck scripts/*.sh .ci/run
}

[ $# -gt 0 ] || set -- format vet tidy golang rules shell
failed=()
for step in "$@"; do
  case $step in
    format | vet | tidy | golang | rules | shell | ports) ;;
    *)
      echo "lint: no step is called $step" >&2
      exit 2
      ;;
  esac
  echo "lint: $step"
  "$step" || failed+=("$step")
done
if [ ${#failed[@]} -gt 0 ]; then
  echo "lint: failed: ${failed[*]}" >&2
  exit 1
fi
