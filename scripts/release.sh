#!/usr/bin/env bash
# Makes the files of a release:
#
#   scripts/release.sh VERSION [OUTPUT [PLATFORM...]]
#
# These are, for each platform, an archive and a CycloneDX SBOM; for Linux also a .deb, a .rpm and
# a container image (for `docker load`, and one OCI image layout for all platforms); a Homebrew
# formula; install.sh; and SHA256SUMS over all of them. No container engine is needed. The same
# commit and Go version give the same bytes on every machine. The environment, the clock and the
# name of the folder have no influence.
set -euo pipefail
cd "$(dirname "$0")/.."

version=${1:-}
output=${2:-dist}
shift $(($# < 2 ? $# : 2))
[ $# -gt 0 ] || set -- linux/amd64 linux/arm64 darwin/amd64 darwin/arm64 windows/amd64 windows/arm64

if ! [[ $version =~ ^v[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?$ ]]; then
  echo "release: VERSION must be like v0.1.0, not '$version'" >&2
  exit 2
fi
# The time of the commit; a source archive has none, so it gets a fixed one.
time=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || echo 1767225600)}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

echo "release: the programs that pack, completion scripts, manual pages"
modules=$(go env GOMODCACHE)
# The self-test builds the command a second time with an empty cache, and the rest with this one.
cache=${RELEASE_GOCACHE:-$(go env GOCACHE)}
for program in archive sbom packages image; do
  (cd internal/release && go build -o "$work/$program" "./$program")
done

documents=()
for document in LICENSE README.md CHANGELOG.md; do
  [ ! -f "$document" ] || documents+=("$document")
done

sha256() {
  if command -v sha256sum >/dev/null; then sha256sum "$@"; else shasum -a 256 "$@"; fi
}

# build OS ARCH TAGS OUTPUT: the product's own go.mod sets the versions, without the workspace. The
# go command fetches missing modules first. Then go build runs without the settings of the
# environment and of a go env file.
build() {
  GOWORK=off GOOS=$1 GOARCH=$2 CGO_ENABLED=0 go list -tags "$3" -deps ./cmd/poolguard >/dev/null
  env -u GOEXPERIMENT -u GOAMD64 -u GOARM64 -u GOFIPS140 GOENV=off GOWORK=off GOFLAGS= GOPROXY=off \
    GOMODCACHE="$modules" GOCACHE="$cache" CGO_ENABLED=0 GOOS="$1" GOARCH="$2" \
    go build -mod=readonly -trimpath -buildvcs=false -tags "$3" -ldflags "-s -w -buildid= -X main.version=$version" \
    -o "$4" ./cmd/poolguard
}

bill() {
  "$work/sbom" -binary "$1" -version "$version" -time "$time" -output "$work/files/$2.cdx.json"
}

# The completion scripts and manual pages are the same for all platforms.
extras() {
  local shell
  mkdir "$work/completions" "$work/man"
  go build -o "$work/host" ./cmd/poolguard
  for shell in bash zsh fish; do "$work/host" completion "$shell" >"$work/completions/poolguard.$shell"; done
  "$work/host" completion powershell >"$work/completions/poolguard.ps1"
  SOURCE_DATE_EPOCH=$time make --no-print-directory man OUTPUT="$work/man" >"$work/man.log" || {
    cat "$work/man.log" >&2
    return 1
  }
}

# pack OS ARCH: the archive of a platform.
pack() {
  local os=$1 arch=$2 name=poolguard_${version}_$1_$2 binary=poolguard ending=tar.gz file
  if [ "$os" = windows ]; then
    binary=poolguard.exe
    ending=zip
  fi
  echo "release: $name"
  mkdir "$work/$name"
  build "$os" "$arch" '' "$work/$name/$binary"
  bill "$work/$name/$binary" "$name"
  local entries=("$name/$binary=$work/$name/$binary")
  for file in ${documents[@]+"${documents[@]}"}; do entries+=("$name/$file=$file"); done
  for file in "$work"/completions/*; do entries+=("$name/completions/${file##*/}=$file"); done
  for file in "$work"/man/*.1; do entries+=("$name/man/${file##*/}=$file"); done
  "$work/archive" -time "$time" -output "$work/files/$name.$ending" "${entries[@]}"
  [ "$os" = linux ] || return 0
  "$work/packages" -version "$version" -arch "$arch" -time "$time" -binary "$work/$name/$binary" -man "$work/man" \
    -completions "$work/completions" -documents "$(IFS=,; echo "${documents[*]}")" -output "$work/files" \
    -unit deploy/systemd/poolguard.service -config gateway/internal/config/example.yaml
  build linux "$arch" roots "$work/$name/image"
  bill "$work/$name/image" "${name}_image"
  images+=("$arch=$work/$name/image")
}

mkdir "$work/files"
images=()
extras
for platform in "$@"; do
  pack "${platform%/*}" "${platform#*/}"
done
if [ ${#images[@]} -gt 0 ]; then
  echo "release: images"
  "$work/image" -version "$version" -time "$time" -license LICENSE -output "$work/files" "${images[@]}"
fi
sed "s/^version=.*/version=$version/" scripts/install.sh >"$work/files/install.sh"
chmod 755 "$work/files/install.sh"
(cd "$work/files" && sha256 -- *) >"$work/SHA256SUMS"
scripts/formula.sh "$version" <"$work/SHA256SUMS" >"$work/files/poolguard.rb"
(cd "$work/files" && sha256 -- *) >"$work/SHA256SUMS"
mv "$work/SHA256SUMS" "$work/files/"

mkdir -p "$output"
rm -f "$output"/poolguard[_-]* "$output/SHA256SUMS" "$output/install.sh" "$output/poolguard.rb"
mv "$work"/files/* "$output/"
echo "release: $(find "$output" -type f | wc -l | tr -d ' ') files in $output"
