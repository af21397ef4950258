#!/usr/bin/env bash
# Proves that the tools of this repository work:
#
#   scripts/selftest.sh [fuzz] [modules] [release] [consumer]
#
#   fuzz      fuzz.sh fails if nothing was fuzzed
#   modules   release-modules.sh changes the go.mod files as a release needs them
#   release   release.sh gives the same bytes twice
#   consumer  other programs can require and install the released modules
set -euo pipefail
cd "$(dirname "$0")/.."

tmp=$(mktemp -d)
trap 'chmod -R u+w "$tmp"; rm -rf "$tmp"' EXIT
tmp=$(cd "$tmp" && pwd -P)
version=v0.0.0-selftest

fail() {
  echo "selftest: $*" >&2
  exit 1
}

# A copy of the files that are committed or could be.
copy_tree() {
  mkdir -p "$1"
  git ls-files -z --cached --others --exclude-standard |
    while IFS= read -r -d '' file; do [ ! -f "$file" ] || printf '%s\0' "$file"; done |
    tar --null -T - -cf - | tar -C "$1" -xf -
}

# expect STATUS TEXT COMMAND...: the exit status is zero or not, and the output has the text.
expect() {
  local want=$1 text=$2 status=0
  shift 2
  "$@" >"$tmp/out" 2>&1 || status=1
  [ "$status" = "$want" ] && grep -q -e "$text" "$tmp/out" && return
  cat "$tmp/out" >&2
  fail "want exit status $want and '$text', got exit status $status from: $*"
}

fuzz() {
  local toy=$tmp/fuzz
  mkdir -p "$toy/scripts" "$toy/nested"
  cp scripts/fuzz.sh "$toy/scripts/"
  printf 'go 1.26.0\n\nuse (\n\t.\n\t./nested\n)\n' >"$toy/go.work"
  printf 'module example.org/toy\n\ngo 1.26.0\n' >"$toy/go.mod"
  printf 'module example.org/toy/nested\n\ngo 1.26.0\n' >"$toy/nested/go.mod"
  printf 'package toy\n' >"$toy/toy.go"
  printf 'package nested\n' >"$toy/nested/nested.go"
  expect 1 'no target was found' "$toy/scripts/fuzz.sh" 1s

  cat >"$toy/nested/nested_test.go" <<'GO'
package nested

import "testing"

func FuzzFine(f *testing.F)  { f.Fuzz(func(*testing.T, []byte) {}) }
func FuzzFine2(f *testing.F) { f.Fuzz(func(*testing.T, string) {}) }
GO
  expect 0 '^example.org/toy/nested  *FuzzFine  *[1-9][0-9]*$' "$toy/scripts/fuzz.sh" 1s
  grep -q '^example.org/toy/nested  *FuzzFine2  *[1-9][0-9]*$' "$tmp/out" || fail 'FuzzFine2 was not fuzzed'
  grep -q '^fuzz: 2 targets, 0 failed, 1s each$' "$tmp/out" || fail 'the closing line is another'

  # Passes, and fuzzes nothing.
  cat >"$toy/toy_test.go" <<'GO'
package toy

import "testing"

func FuzzSkips(f *testing.F) { f.Skip("not today") }
GO
  expect 1 'FuzzSkips ran no input' "$toy/scripts/fuzz.sh" 1s

  cat >"$toy/toy_test.go" <<'GO'
package toy

import "testing"

func FuzzBreaks(f *testing.F) {
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) > 2 {
			t.Error("too long")
		}
	})
}
GO
  expect 1 'FuzzBreaks  *FAILED' "$toy/scripts/fuzz.sh" 1s

  printf 'package toy\n\nfunc FuzzBroken() { return 1 }\n' >"$toy/toy_test.go"
  expect 1 'cannot be built' "$toy/scripts/fuzz.sh" 1s
}

modules() {
  local toy=$tmp/modules project=github.com/poolguard/poolguard
  mkdir -p "$toy/scripts" "$toy/cognito/adapter" "$toy/interop"
  cp scripts/modules.sh scripts/release-modules.sh "$toy/scripts/"
  printf 'go 1.26.0\n\nuse (\n\t.\n\t./cognito\n\t./cognito/adapter\n\t./interop\n)\n' >"$toy/go.work"
  printf 'module %s/interop\n\ngo 1.26.0\n' "$project" >"$toy/interop/go.mod"
  printf 'module %s/cognito\n\ngo 1.26.0\n' "$project" >"$toy/cognito/go.mod"
  cat >"$toy/go.mod" <<MOD
module $project

go 1.26.0

require (
	example.org/other v1.0.0
	$project/cognito v0.0.0 // indirect
	${project}ian v1.0.0
)

replace $project/cognito => ./cognito

replace example.org/other => ./other
MOD
  cat >"$toy/cognito/adapter/go.mod" <<MOD
module $project/cognito/adapter

go 1.26.0

require $project/cognito v0.0.0

replace (
	$project/cognito v0.0.0 => ../
	example.org/other v1.0.0 => example.org/fork v1.0.1
)
MOD
  cat >"$tmp/want.mod" <<MOD
module $project

go 1.26.0

require (
	example.org/other v1.0.0
	$project/cognito v0.3.0 // indirect
	${project}ian v1.0.0
)

replace example.org/other => ./other
MOD
  cat >"$tmp/want-adapter.mod" <<MOD
module $project/cognito/adapter

go 1.26.0

require $project/cognito v0.3.0

replace example.org/other v1.0.0 => example.org/fork v1.0.1
MOD
  cp "$toy/go.mod" "$tmp/before.mod"
  expect 1 'VERSION must be like' "$toy/scripts/release-modules.sh" 0.3
  expect 0 "^+require $project/cognito v0.3.0" "$toy/scripts/release-modules.sh" v0.3.0
  cmp "$toy/go.mod" "$tmp/before.mod" || fail 'printing the change made it'
  expect 0 "^-replace $project/cognito => ./cognito" "$toy/scripts/release-modules.sh" --write v0.3.0
  diff -u "$tmp/want.mod" "$toy/go.mod" || fail 'go.mod is not as it must be'
  diff -u "$tmp/want-adapter.mod" "$toy/cognito/adapter/go.mod" || fail 'the go.mod of the adapter is not as it must be'
  "$toy/scripts/release-modules.sh" --write v0.3.0 >"$tmp/out" 2>&1
  [ ! -s "$tmp/out" ] || fail 'a second run changes something'

  # A tag for each module that others require, after those of its own requirements.
  "$toy/scripts/release-modules.sh" --tags v0.3.0 >"$tmp/tags"
  printf '%s\n' cognito/adapter/v0.3.0 cognito/v0.3.0 v0.3.0 >"$tmp/want-tags"
  sort "$tmp/tags" | diff -u "$tmp/want-tags" - || fail 'these are not the tags of the modules'
  [ "$(head -n 1 "$tmp/tags")" = cognito/v0.3.0 ] || fail 'the first tag is not that of the module that the others require'
}

# The second build sees another folder, an empty build cache, another time zone
# and another umask.
release() {
  local platform
  platform=$(go env GOHOSTOS)/$(go env GOHOSTARCH)
  export SOURCE_DATE_EPOCH=1767225600
  copy_tree "$tmp/elsewhere/with a space"
  scripts/release.sh $version "$tmp/first" "$platform"
  (
    umask 077
    cd "$tmp/elsewhere/with a space"
    TZ=Asia/Tokyo GOCACHE=$tmp/cache GOAMD64=v3 scripts/release.sh $version "$tmp/second" "$platform"
  )
  unset SOURCE_DATE_EPOCH
  diff -r "$tmp/first" "$tmp/second" || fail 'two builds of the same source differ'
  (cd "$tmp/first" && sha256sum --check --quiet SHA256SUMS) || fail 'SHA256SUMS is wrong'
  case $platform in
    windows/*) return ;;
  esac
  tar -C "$tmp" -xzf "$tmp"/first/poolguard_*.tar.gz
  expect 0 "$version" "$tmp"/poolguard_*/poolguard version
}

# Serves the modules as they would be released. Requires the libraries and installs the
# command from outside, without the workspace and without a replace directive.
consumer() {
  local tree=$tmp/tree proxy=$tmp/proxy
  copy_tree "$tree"
  "$tree/scripts/release-modules.sh" --write $version >/dev/null
  go build -o "$tmp/modproxy" ./internal/release/modproxy
  (
    cd "$tree"
    dirs=$(scripts/modules.sh --released)
    for dir in $dirs; do
      "$tmp/modproxy" -module "$dir" -version $version -output "$proxy"
    done
  )
  # The modules that were fetched already serve as the proxy for all others, so no public
  # proxy gets a request for modules that it does not have yet.
  local upstream
  upstream=file://$(go env GOMODCACHE)/cache/download
  (cd cognito && GOWORK=off go list -deps . >/dev/null)
  (cd userpool && GOWORK=off go list -deps . >/dev/null)
  GOWORK=off go list -deps ./cmd/poolguard >/dev/null
  mkdir "$tmp/consumer"
  (
    cd "$tmp/consumer"
    export GOWORK=off GOFLAGS='-mod=mod -modcacherw -buildvcs=false' GOMODCACHE=$tmp/modcache GOPROXY=file://$proxy,$upstream
    # Fetched modules were checked against the checksum database when they came.
    export GOBIN=$tmp/bin GONOSUMDB='*'
    go mod init example.org/consumer
    for library in cognito userpool; do
      go get github.com/poolguard/poolguard/$library@$version
      printf 'package main\n\nimport _ "github.com/poolguard/poolguard/%s"\n\nfunc main() {}\n' $library >main.go
      go build -o "$tmp/consumer.bin" .
    done
    go install github.com/poolguard/poolguard/cmd/poolguard@$version
  ) >"$tmp/out" 2>&1 || {
    cat "$tmp/out" >&2
    fail 'the modules cannot be used from outside'
  }
  expect 0 "mod.github.com/poolguard/poolguard.$version" go version -m "$tmp/bin/poolguard"
  expect 0 . "$tmp/bin/poolguard" version
}

[ $# -gt 0 ] || set -- fuzz modules release consumer
for part in "$@"; do
  case $part in
    fuzz | modules | release | consumer) ;;
    *) fail "no part is called $part" ;;
  esac
  "$part"
  echo "selftest: $part holds"
done
