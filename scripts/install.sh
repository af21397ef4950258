#!/bin/sh
# Installs the command poolguard from a release on Linux and macOS:
#
#   sh install.sh [--from FOLDER-OR-URL] [--version VERSION] [--to FOLDER]
#
#   --from     the folder or the URL with the files of the release; the default is the
#              folder of this script if it has them, and the release page if not
#   --version  the version, such as v0.1.0; the default is the release of this script
#   --to       the folder for the command; the default is /usr/local/bin if you can
#              write to it, and ~/.local/bin if not
#
# It checks the archive against SHA256SUMS before it unpacks it. It needs tar, and curl or
# wget if the release is at a URL.
set -eu

version=
from=
to=

fail() {
  echo "install.sh: $*" >&2
  exit 1
}

while [ $# -gt 0 ]; do
  case $1 in
    --from | --version | --to)
      [ $# -ge 2 ] || fail "$1 has no value"
      case $1 in
        --from) from=$2 ;;
        --version) version=$2 ;;
        --to) to=$2 ;;
      esac
      shift 2
      ;;
    -h | --help)
      sed -n '2,/^set -eu/s/^# \{0,1\}//p' "$0"
      exit 0
      ;;
    *) fail "unknown argument: $1 (sh install.sh --help lists the arguments)" ;;
  esac
done

case $version in
  v[0-9]*.[0-9]*.[0-9]*) ;;
  '') fail "no version: this script is not from a release, so it needs --version, such as --version v0.1.0" ;;
  *) fail "--version is not a version: got '$version', want one such as v0.1.0" ;;
esac
if [ -z "$from" ] && [ -f "$(dirname "$0")/SHA256SUMS" ]; then
  from=$(dirname "$0")
fi
[ -n "$from" ] || from=https://github.com/poolguard/poolguard/releases/download/$version

case $(uname -s) in
  Linux) os=linux ;;
  Darwin) os=darwin ;;
  *) fail "no release for $(uname -s): on Windows, unpack the zip archive; elsewhere, build it with Go" ;;
esac
case $(uname -m) in
  x86_64 | amd64) arch=amd64 ;;
  aarch64 | arm64) arch=arm64 ;;
  *) fail "no release for the processor $(uname -m): want x86_64 or arm64" ;;
esac
name=poolguard_${version}_${os}_$arch

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

# fetch FILE: copies or downloads a file of the release.
fetch() {
  case $from in
    http://* | https://*)
      if command -v curl >/dev/null 2>&1; then
        curl --fail --silent --show-error --location --output "$work/$1" "$from/$1" ||
          fail "could not download $from/$1"
      elif command -v wget >/dev/null 2>&1; then
        wget -q -O "$work/$1" "$from/$1" || fail "could not download $from/$1"
      else
        fail "curl or wget is needed to download $from/$1"
      fi
      ;;
    *) cp "$from/$1" "$work/$1" || fail "could not copy $from/$1" ;;
  esac
}

sha256() {
  if command -v sha256sum >/dev/null 2>&1; then
    sha256sum "$1"
  elif command -v shasum >/dev/null 2>&1; then
    shasum -a 256 "$1"
  else
    fail "sha256sum or shasum is needed to check the download"
  fi
}

fetch SHA256SUMS
fetch "$name.tar.gz"
want=$(sed -n "s/^\([0-9a-f]\{64\}\) [ *]$name\.tar\.gz\$/\1/p" "$work/SHA256SUMS")
[ -n "$want" ] || fail "SHA256SUMS of $from has no line for $name.tar.gz"
got=$(sha256 "$work/$name.tar.gz") || exit 1
got=${got%% *}
[ "$got" = "$want" ] || fail "$name.tar.gz is not the file of the release: got SHA-256 $got, want $want; nothing was installed"

tar -C "$work" -xzf "$work/$name.tar.gz" "$name/poolguard"
if [ -z "$to" ]; then
  to=/usr/local/bin
  [ -w "$to" ] || to=$HOME/.local/bin
fi
mkdir -p "$to"
# The old command may be running, so its file is replaced, not written to.
cp "$work/$name/poolguard" "$to/.poolguard.$$"
chmod 755 "$to/.poolguard.$$"
mv -f "$to/.poolguard.$$" "$to/poolguard"
echo "installed $to/poolguard ($version)"
case :$PATH: in
  *":$to:"*) ;;
  *) printf '%s is not on your PATH. For this shell:\n\n  export PATH="%s:%s"\n' "$to" "$to" "\$PATH" ;;
esac
