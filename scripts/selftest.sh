#!/usr/bin/env bash
# Proves that the tools of this repository work:
#
#   scripts/selftest.sh [fuzz] [modules] [release] [install] [gateway] [consumer]
#
#   fuzz      fuzz.sh fails if nothing was fuzzed
#   modules   release-modules.sh changes the go.mod files as a release needs them
#   release   release.sh gives the same bytes twice
#   install   the package, the container image, install.sh and the commands of docs/install.md work
#   gateway   the commands of the README put the gateway in front of a service
#   consumer  other programs can require and install the released modules
set -euo pipefail
cd "$(dirname "$0")/.."

tmp=$(mktemp -d)
server='' pool=''
trap '[ -z "${running[*]:-}" ] || kill "${running[@]}"; [ -z "$server" ] || kill "$server"; [ -z "$pool" ] || kill "$pool"; chmod -R u+w "$tmp"; rm -rf "$tmp"' EXIT
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

# A release for this platform in $tmp/first.
first_release() {
  [ ! -d "$tmp/first" ] || return 0
  SOURCE_DATE_EPOCH=1767225600 scripts/release.sh $version "$tmp/first" "$(go env GOHOSTOS)/$(go env GOHOSTARCH)"
}

# The second build sees another folder, an empty build cache for the command, another time
# zone and another umask.
release() {
  local platform
  platform=$(go env GOHOSTOS)/$(go env GOHOSTARCH)
  first_release
  copy_tree "$tmp/elsewhere/with a space"
  (
    umask 077
    cd "$tmp/elsewhere/with a space"
    SOURCE_DATE_EPOCH=1767225600 TZ=Asia/Tokyo RELEASE_GOCACHE=$tmp/cache GOAMD64=v3 scripts/release.sh $version "$tmp/second" "$platform"
  )
  diff -r "$tmp/first" "$tmp/second" || fail 'two builds of the same source differ'
  (cd "$tmp/first" && sha256sum --check --quiet SHA256SUMS) || fail 'SHA256SUMS is wrong'
  case $platform in
    windows/*) return ;;
  esac
  tar -C "$tmp" -xzf "$tmp"/first/poolguard_*.tar.gz
  expect 0 "$version" "$tmp"/poolguard_*/poolguard version
  expect 0 '^.SH SYNOPSIS' cat "$tmp"/poolguard_*/man/poolguard-verify.1
  expect 0 'Register-ArgumentCompleter' cat "$tmp"/poolguard_*/completions/poolguard.ps1
}

# skip REASON: the rest of a part cannot run here. In CI that is a failure.
skip() {
  [ "${CI:-}" != true ] || fail "cannot test here: $*"
  echo "selftest: skipped: $*"
}

install() {
  first_release
  install_script
  first_contact
  if [ "$(go env GOHOSTOS)" != linux ]; then
    skip "packages and images are for Linux"
  elif [ "$(id -u)" != 0 ]; then
    skip "dpkg --root and chroot need root"
  else
    if command -v dpkg >/dev/null; then install_deb; else skip "no dpkg"; fi
    run_image
  fi
}

# The package goes into an empty system and works there.
install_deb() {
  local root=$tmp/root
  mkdir -p "$root"/var/lib/dpkg/{info,updates,triggers} "$root/var/log"
  touch "$root/var/lib/dpkg/status"
  dpkg --root="$root" --install "$tmp"/first/poolguard_*.deb >"$tmp/out" 2>&1 || {
    cat "$tmp/out" >&2
    fail 'dpkg does not install the package'
  }
  expect 0 "$version" chroot "$root" /usr/bin/poolguard version
  gzip -dc "$root/usr/share/man/man1/poolguard.1.gz" | grep -q '^.TH "POOLGUARD"' || fail 'the package has no manual page'
  dpkg --root="$root" --remove poolguard >/dev/null 2>&1 || fail 'dpkg does not remove the package'
  [ ! -e "$root/usr/bin/poolguard" ] || fail 'the removed package left the command'
}

# The image has the command alone, which runs as its user without any other file.
run_image() {
  local image=$tmp/image layer
  mkdir -p "$image/root"
  tar -C "$image" -xf "$tmp"/first/poolguard_*_image.tar
  for layer in "$image"/*.tar.gz; do tar -C "$image/root" -xzf "$layer"; done
  expect 0 "$version" chroot --userspec=65532:65532 "$image/root" /poolguard version
  expect 0 'tags=roots' go version -m "$image/root/poolguard"
  if go version -m "$tmp/root/usr/bin/poolguard" 2>/dev/null | grep -q 'x509roots'; then
    fail 'the package has the certificate authorities of the image'
  fi
}

# install.sh installs from a folder and from a server, and nothing that SHA256SUMS does not have.
install_script() {
  local script=$tmp/first/install.sh home=$tmp/home url
  mkdir -p "$home"
  expect 0 'installed' env HOME="$home" sh "$script" --to "$home/one"
  expect 0 "export PATH=.$home/one:.PATH" env HOME="$home" PATH=/usr/bin:/bin sh "$script" --from "$tmp/first" --to "$home/one"
  expect 0 "$version" "$home/one/poolguard" version
  expect 1 'no version' sh scripts/install.sh --from "$tmp/first" --to "$home/none"
  expect 1 'unknown argument: --nonsense' sh "$script" --nonsense
  mkdir "$tmp/other"
  sed s/$version/v9.9.9/ "$tmp/first/SHA256SUMS" | grep -v 'tar.gz$' >"$tmp/other/SHA256SUMS"
  touch "$tmp/other/poolguard_v9.9.9_$(go env GOHOSTOS)_$(go env GOHOSTARCH).tar.gz"
  expect 1 'has no line for' sh "$script" --from "$tmp/other" --version v9.9.9 --to "$home/none"
  serve_folder "$tmp/first"
  if command -v curl >/dev/null || command -v wget >/dev/null; then
    expect 0 'installed' sh "$script" --from "$url" --to "$home/two"
    expect 0 "$version" "$home/two/poolguard" version
    expect 1 'could not download' sh "$script" --from "$url/missing" --to "$home/none"
  else
    skip 'no curl and no wget'
  fi
  # A changed archive.
  mkdir "$tmp/changed"
  cp "$tmp"/first/SHA256SUMS "$tmp"/first/poolguard_*.tar.gz "$tmp/changed"
  echo x >>"$(echo "$tmp"/changed/poolguard_*.tar.gz)"
  expect 1 'is not the file of the release' sh "$script" --from "$tmp/changed" --to "$home/none"
  [ ! -e "$home/none" ] || fail 'install.sh installed something after an error'
}

# first_contact runs the three commands of docs/install.md as a machine without Go and with an
# empty home folder does. It installs into that home folder.
first_contact() {
  local desk=$tmp/desk path=/usr/bin:/bin paste=$tmp/paste
  mkdir -p "$desk/home/bin"
  ln -s "$tmp/first" "$desk/dist"
  sed -n '/^## From a release folder to a verified token$/,/^## /s/^    //p' docs/install.md >"$paste"
  head -n 1 "$paste" >"$paste.1"
  sed -n 2p "$paste" >"$paste.2"
  sed 1,2d "$paste" >"$paste.3"
  [ "$(cat "$paste.1" "$paste.2")" = 'sh dist/install.sh
poolguard userpool serve' ] || fail 'docs/install.md has other commands'
  if ! command -v curl >/dev/null; then
    skip 'no curl'
    return 0
  elif curl -s -o "$tmp/out" --noproxy '*' http://127.0.0.1:9229/; then
    skip 'port 9229 is in use'
    return 0
  fi
  local clean=(env -i HOME="$desk/home" PATH="$desk/home/bin:$path" NO_PROXY='*' sh -eu -c)
  expect 0 'installed' "${clean[@]}" "cd '$desk'; $(cat "$paste.1") --to \"\$HOME/bin\""
  : >"$tmp/served"
  "${clean[@]}" "exec $(cat "$paste.2")" >"$tmp/served" 2>&1 &
  pool=$!
  until grep -q 'Ctrl-C' "$tmp/served"; do
    kill -0 "$pool" || fail "the pool does not start: $(cat "$tmp/served")"
    sleep 0.1
  done
  expect 0 'valid access token' "${clean[@]}" "$(cat "$paste.3")"
  kill "$pool"
  wait "$pool" || true
  pool=
  [ "$(find "$desk/home" -type f)" = "$desk/home/bin/poolguard" ] || fail "other files are left: $(find "$desk/home" -type f)"
}

# gateway runs the commands of the README with nginx and with Caddy.
gateway() {
  local desk=$tmp/gateway line port proxy
  mkdir "$desk"
  sed -n '/^## Put it in front of a service$/,/^## /s/^    //p' README.md |
    sed "s,^go run ./cmd/poolguard ,$desk/poolguard ," >"$desk/lines"
  [ "$(cut -d' ' -f1,2 "$desk/lines" | sed "s,^$desk/,,")" = 'python3 -m
poolguard gateway
poolguard gateway
echo '"'pid"'
nginx -p
poolguard gateway
caddy run
curl -i
curl -i' ] || fail 'the section of the README has other commands'
  for line in nginx caddy python3 curl; do
    if ! PATH=$PATH:/usr/sbin command -v $line >/dev/null; then
      skip "$line is not installed"
      return 0
    fi
  done
  for port in 3000 8000 8080 8081 9229; do
    if (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
      skip "port $port is in use"
      return 0
    fi
  done
  go build -o "$desk/poolguard" ./cmd/poolguard
  background "$desk" "$desk/poolguard userpool serve"
  await 9229
  background "$desk" "$(sed -n 1p "$desk/lines")"
  background "$desk" "$(sed -n 2p "$desk/lines")"
  await 3000
  await 8080
  TOKEN=$(curl -s -u local-machine:local-secret -d grant_type=client_credentials --noproxy '*' \
    http://127.0.0.1:9229/oauth2/token | sed 's/.*"access_token":"\([^"]*\)".*/\1/')
  export TOKEN
  for proxy in 3,5 6,7; do
    background "$desk" "$(sed -n "${proxy}p" "$desk/lines")"
    await 8000
    expect 0 '^HTTP/1.1 401 ' env NO_PROXY='*' bash -euc "$(sed -n 8p "$desk/lines")"
    expect 0 '^HTTP/1.1 200 ' env NO_PROXY='*' bash -euc "$(sed -n 9p "$desk/lines")"
    end_last
  done
  while [ ${#running[@]} -gt 0 ]; do end_last; done
}

# background FOLDER COMMANDS runs shell commands, the last of them until end_last.
running=()
background() {
  local commands=$2
  (cd "$1" && PATH=$PATH:/usr/sbin HOME=$1 exec bash -euc "$(sed '$s/^/exec /' <<<"$commands")") >>"$1/log" 2>&1 &
  running+=($!)
}

end_last() {
  local last=$((${#running[@]} - 1))
  kill "${running[last]}"
  wait "${running[last]}" || true
  unset "running[last]"
}

# await PORT waits until the last program of background listens.
await() {
  until (: <"/dev/tcp/127.0.0.1/$1") 2>/dev/null; do
    kill -0 "${running[${#running[@]} - 1]}" 2>/dev/null || fail "nothing listens on port $1: $(cat "$tmp/gateway/log")"
    sleep 0.1
  done
}

# serve_folder FOLDER: a server on loopback until the end of this program; sets url.
serve_folder() {
  mkdir -p "$tmp/server"
  cat >"$tmp/server/main.go" <<'GO'
package main

import (
	"fmt"
	"net"
	"net/http"
	"os"
)

func main() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	fmt.Println("http://" + listener.Addr().String())
	panic(http.Serve(listener, http.FileServer(http.Dir(os.Args[1]))))
}
GO
  GOWORK=off go build -o "$tmp/server/serve" "$tmp/server/main.go"
  "$tmp/server/serve" "$1" >"$tmp/server/url" &
  server=$!
  until [ -s "$tmp/server/url" ]; do sleep 0.1; done
  url=$(cat "$tmp/server/url")
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

[ $# -gt 0 ] || set -- fuzz modules release install gateway consumer
for part in "$@"; do
  case $part in
    fuzz | modules | release | install | gateway | consumer) ;;
    *) fail "no part is called $part" ;;
  esac
  "$part"
  echo "selftest: $part holds"
done
