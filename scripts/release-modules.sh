#!/usr/bin/env bash
# Prepares the go.mod files for a release:
#
#   scripts/release-modules.sh [--write | --tags] VERSION
#
# Inside this repository a module finds the others by replace directives. The go command
# ignores the directives of a required module, and `go install` rejects a module that has
# one. This script removes them and requires the others at VERSION instead. It does not
# change replacements of modules from other projects. Without --write it prints the
# difference and changes nothing. With --tags it prints the tags of the release, one for
# each released module, in the order to push them.
set -euo pipefail
cd "$(dirname "$0")/.."

project=github.com/poolguard/poolguard
mode=print
case ${1:-} in
  --write | --tags)
    mode=${1#--}
    shift
    ;;
esac
version=${1:-}
if ! [[ $version =~ ^v[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?$ ]]; then
  echo "release-modules: VERSION must be like v0.1.0, not '$version'" >&2
  exit 2
fi

if [ "$mode" = tags ]; then
  scripts/modules.sh --released | sed "s,^\./,,; s,\$,/$version,; s,^\./,,"
  exit
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Prints the project's modules that the file replaces (first argument "replace") or
# requires ("require"). The output of go mod edit -print always has one form, so splitting
# it into fields is enough.
named() {
  go mod edit -print "$2" | awk -v verb="$1" -v project="$project" '
    $1 == ")" { block = "" }
    $2 == "(" { block = $1; next }
    $1 == verb { sub(/^[a-z]+[ \t]+/, ""); found = 1 }
    block == verb || found {
      found = 0
      if ($1 == project || index($1, project "/") == 1) print $1 (verb == "replace" && $2 != "=>" ? "@" $2 : "")
    }'
}

scripts/modules.sh | while IFS= read -r dir; do
  file=$dir/go.mod
  mkdir -p "$work/$dir"
  cp "$file" "$work/$file"
  edits=()
  while IFS= read -r module; do
    edits+=("-dropreplace=$module")
  done < <(named replace "$work/$file")
  while IFS= read -r module; do
    edits+=("-require=$module@$version")
  done < <(named require "$work/$file")
  [ ${#edits[@]} -eq 0 ] || go mod edit "${edits[@]}" "$work/$file"
  diff -u --label "a/${file#./}" --label "b/${file#./}" "$file" "$work/$file" || true
  [ "$mode" != write ] || cp "$work/$file" "$file"
done
[ "$mode" = write ] || echo "release-modules: nothing was changed; WRITE=1 (--write) changes the files" >&2
