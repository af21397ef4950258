#!/usr/bin/env bash
# Checks the source:
#
#   scripts/lint.sh [STEP...]
#   scripts/lint.sh prose PATH...
#
# Steps:
#
#   format  gofmt
#   vet     go vet, all modules
#   tidy    go.mod and go.sum, all modules
#   golang  golangci-lint, all modules (.golangci.yml)
#   prose   words and sentences of documents, doc comments, messages (scripts/vale)
#   commits the subjects of commits (docs/style.md)
#   rules   each import rule, prose rule, commit rule and API rule rejects its bad samples
#   shell   shellcheck; on Debian it is installed
#   flows   actionlint, the workflows of GitHub Actions
#   api     incompatible changes of the Go API are noted (scripts/api.sh)
#   ports   go vet for other systems, and for integers of 32 bits
#
# Without arguments it runs all steps except ports. All steps run, even after a
# failure. The exit status is 1 if one of them failed.
#
# `prose PATH...` checks the files below the paths only. It prints warnings too,
# and it does not use the list of folders in scripts/vale/not-yet.txt.
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
  local status=0
  go vet work || status=1
  each_outside go vet ./... || status=1
  return "$status"
}

# Runs a command in each module of the workspace, and in those outside of it.
each_module() {
  in_folders "$(scripts/modules.sh)" "$@"
}

each_outside() {
  in_folders "$(scripts/modules.sh --outside)" "$@"
}

# in_folders FOLDERS COMMAND...: a line has one folder.
in_folders() {
  local dir dirs=$1 outside status=0
  shift
  outside=$(scripts/modules.sh --outside) || return 1
  [ -n "$dirs" ] || return 1
  while IFS= read -r dir; do
    (
      ! grep -qxF -e "$dir" <<<"$outside" || export GOWORK=off
      cd "$dir" && "$@"
    ) </dev/null || {
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
  tool=$(scripts/tools.sh golangci-lint) || return 1
  "$tool" config verify || return 1
  each_module "$tool" run ./...
}

ports() {
  local port
  for port in linux/386 windows/amd64 darwin/arm64; do
    echo "$port"
    GOOS=${port%/*} GOARCH=${port#*/} CGO_ENABLED=0 go vet ./... ./cognito/... ./userpool/... || return 1
  done
}

prose() {
  local tool
  tool=$(scripts/tools.sh vale) || return 1
  go run ./internal/prose -vale "$tool" "$@"
}

# The rule holds for the commits after this one.
first_commit=8bc79e41b69840582daa3fa38553cb24084e71d9

# Prints the lines of the form "HASH SUBJECT" whose subject breaks the rule.
bad_subjects() {
  awk '{
    subject = substr($0, length($1) + 2)
    if (length(subject) > 72 || subject ~ /\.$/ || subject !~ /^[a-z0-9_.\/, -]+: [a-z]/) print
  }'
}

commits() {
  local bad
  if ! git merge-base --is-ancestor "$first_commit" HEAD 2>/dev/null; then
    echo "the history is not complete: commits not checked"
    return 0
  fi
  bad=$(git log --no-merges --format='%h %s' "$first_commit..HEAD" | bad_subjects) || return 1
  [ -z "$bad" ] || {
    printf 'want "package: verb ...", at most 72 characters, no full stop:\n%s\n' "$bad"
    return 1
  }
}

commit_samples() {
  local bad good
  bad='1 Fix the cache
2 cache: Fix it
3 cache: fix it.
4 cache fix it
5 cache: fix the one fault in the cache that makes the subject of this commit long'
  good='6 cognito/keyset: back off after a failed fetch
7 login, logout: print the profile
8 .ci: print times'
  if [ "$(printf '%s\n' "$good" "$bad" | bad_subjects)" != "$bad" ]; then
    echo "the rule for commits does not reject its bad samples, or rejects good ones"
    return 1
  fi
}

rules() {
  local status=0
  commit_samples || status=1
  scripts/lint-selftest.sh || status=1
  prose -selftest || status=1
  scripts/api.sh --selftest || status=1
  return "$status"
}

shell() {
  scripts/test-deps.sh shellcheck
  if ! command -v shellcheck >/dev/null; then
    echo "shellcheck is not installed: scripts not checked"
    [ "${CI:-}" != true ]
    return
  fi
  shellcheck scripts/*.sh .ci/run
}

# actionlint 1.7.12 does not know the commands of services, which GitHub added in April 2026:
# https://github.com/rhysd/actionlint/pull/645
flows() {
  local tool
  tool=$(scripts/tools.sh actionlint) || return 1
  "$tool" -shellcheck= -pyflakes= -ignore 'unexpected key "command" for "services" section' .github/workflows/*.yml examples/ci/github-actions.yml
}

api() {
  scripts/api.sh
}

if [ "${1:-}" = prose ] && [ $# -gt 1 ]; then
  shift
  for path in "$@"; do
    if [ ! -e "$path" ]; then
      echo "lint: prose: there is no file or folder $path" >&2
      exit 2
    fi
  done
  prose "$@"
  exit
fi

[ $# -gt 0 ] || set -- format vet tidy golang prose commits rules shell flows api
failed=()
for step in "$@"; do
  case $step in
    format | vet | tidy | golang | prose | commits | rules | shell | flows | api | ports) ;;
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
