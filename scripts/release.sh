#!/usr/bin/env bash
# Makes the files of a release:
#
#   scripts/release.sh VERSION [OUTPUT [PLATFORM...]]
#
# These are an archive and a CycloneDX SBOM for each platform, and SHA256SUMS over all
# of them. The same commit and Go version give the same bytes on every machine. The
# environment, the clock and the name of the folder have no influence.
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

modules=$(go env GOMODCACHE)
go build -o "$work/archive" ./internal/release/archive
go build -o "$work/sbom" ./internal/release/sbom

documents=()
for document in LICENSE README.md CHANGELOG.md; do
  [ ! -f "$document" ] || documents+=("$document")
done

sha256() {
  if command -v sha256sum >/dev/null; then sha256sum "$@"; else shasum -a 256 "$@"; fi
}

mkdir "$work/files"
for platform in "$@"; do
  os=${platform%/*}
  arch=${platform#*/}
  name=poolguard_${version}_${os}_${arch}
  binary=poolguard
  ending=tar.gz
  if [ "$os" = windows ]; then
    binary=poolguard.exe
    ending=zip
  fi
  echo "release: $name"
  mkdir "$work/$name"
  # The product's own go.mod sets the versions, without the workspace. The go command
  # fetches missing modules first. Then go build runs without the settings of the
  # environment and of a go env file.
  GOWORK=off GOOS=$os GOARCH=$arch CGO_ENABLED=0 go list -deps ./cmd/poolguard >/dev/null
  env -u GOEXPERIMENT -u GOAMD64 -u GOARM64 -u GOFIPS140 GOENV=off GOWORK=off GOFLAGS= GOPROXY=off \
    GOMODCACHE="$modules" CGO_ENABLED=0 GOOS="$os" GOARCH="$arch" \
    go build -mod=readonly -trimpath -buildvcs=false -ldflags "-s -w -buildid= -X main.version=$version" \
    -o "$work/$name/$binary" ./cmd/poolguard
  "$work/sbom" -binary "$work/$name/$binary" -version "$version" -time "$time" -output "$work/files/$name.cdx.json"
  entries=("$name/$binary=$work/$name/$binary")
  for document in ${documents[@]+"${documents[@]}"}; do
    entries+=("$name/$document=$document")
  done
  "$work/archive" -time "$time" -output "$work/files/$name.$ending" "${entries[@]}"
done
(cd "$work/files" && sha256 -- *) >"$work/SHA256SUMS"
mv "$work/SHA256SUMS" "$work/files/"

mkdir -p "$output"
rm -f "$output"/poolguard_v* "$output/SHA256SUMS"
mv "$work"/files/* "$output/"
echo "release: $(find "$output" -type f | wc -l | tr -d ' ') files in $output"
