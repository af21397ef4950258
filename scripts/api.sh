#!/usr/bin/env bash
# Compares the exported Go API of every released module with that of the baseline:
#
#   scripts/api.sh              fails on an incompatible change that is not noted
#   scripts/api.sh --set [REF]  makes a commit the baseline: HEAD, or the tag of a release
#   scripts/api.sh --selftest   proves that a break is found, and accepted if it is noted
#
# api/baseline.txt has the commit of the baseline. Its source is the baseline, so everyone
# compares with the same API. apidiff finds the incompatible changes. api/breaks.txt has those
# that are meant, a line each, as this script prints them. A line there without such a change
# is a fault, too.
set -euo pipefail
cd "$(dirname "$0")/.."
export GOFLAGS='-buildvcs=false -trimpath' # the build cache of .ci/run

# export_api TOOL TREE DIRECTORY writes the API of the released modules of a tree.
export_api() {
  local tool=$1 tree=$2 into=$3 dir dirs module
  dirs=$(cd "$tree" && scripts/modules.sh --released) || return 1
  while IFS= read -r dir; do
    [ "$dir" != . ] || continue # a command, and packages that nobody can import
    [ "$dir" != ./gateway/caddy ] || continue # a module of Caddy, which programs do not call
    module=$(sed -n 's/^module //p' "$tree/$dir/go.mod")
    mkdir -p "$into/$(dirname "$dir")"
    (cd "$tree/$dir" && "$tool" -m -w "$into/$dir.api" "$module" 2> >(grep -v '^Ignoring internal package' >&2)) || return 1
  done <<<"$dirs"
}

# own_lines OLD MODULE passes on the lines about a module, and not those about modules below it.
own_lines() {
  local below
  below=$(cd "$1" && find . -path "./$2/*.api" | sed "s,^\./$2/\(.*\)\.api$,^$2: ./\1[.:/],")
  grep -v -e "${below:-^$}" || true
}

# breaks TOOL OLD NEW prints the incompatible changes, "MODULE: CHANGE". In a workspace the
# packages of a module include those of the modules below its folder, which have their own lines.
breaks() {
  local tool=$1 old=$2 new=$3 file module
  (cd "$old" && find . -name '*.api' | LC_ALL=C sort) | while IFS= read -r file; do
    module=${file#./}
    module=${module%.api}
    if [ ! -f "$new/$file" ]; then
      echo "$module: the module was removed"
      continue
    fi
    "$tool" -m -incompatible "$old/$file" "$new/$file" 2> >(grep -v '^Ignoring internal package' >&2) |
      sed -n "s,^- ,$module: ,p" | own_lines "$old" "$module"
  done
}

# judge FOUND NOTED prints the differences, and fails if there are any.
judge() {
  local unnoted stale
  unnoted=$(LC_ALL=C comm -23 <(LC_ALL=C sort -u "$1") <(grep -v '^\(#.*\)\{0,1\}$' "$2" | LC_ALL=C sort -u))
  stale=$(LC_ALL=C comm -13 <(LC_ALL=C sort -u "$1") <(grep -v '^\(#.*\)\{0,1\}$' "$2" | LC_ALL=C sort -u))
  [ -z "$unnoted" ] || {
    printf 'api: incompatible changes that are not noted:\n%s\n' "$unnoted"
    echo 'api: undo them, or copy these lines to api/breaks.txt and say in CHANGELOG.md, under Breaking, how to change programs'
  }
  [ -z "$stale" ] || printf 'api: api/breaks.txt has lines without such a change, remove them:\n%s\n' "$stale"
  [ -z "$unnoted$stale" ]
}

compare() {
  local tool commit cache
  tool=$(scripts/tools.sh apidiff)
  commit=$(sed -n 's/^\([0-9a-f]\{40\}\)$/\1/p' api/baseline.txt)
  if ! git cat-file -e "$commit^{commit}" 2>/dev/null; then
    echo "api: the history has no commit $commit: the API is not compared"
    [ "${CI:-}" != true ] || [ "$(git rev-parse --is-shallow-repository)" = true ]
    return
  fi
  cache=$PWD/.bin/api-$commit-$(basename "$tool")
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  if [ ! -d "$cache" ]; then
    mkdir "$work/tree"
    git archive "$commit" | tar -x -C "$work/tree"
    export_api "$tool" "$work/tree" "$work/old"
    mv "$work/old" "$cache"
  fi
  export_api "$tool" "$PWD" "$work/new"
  breaks "$tool" "$cache" "$work/new" >"$work/found"
  judge "$work/found" api/breaks.txt || return 1
  if grep -qv '^\(#.*\)\{0,1\}$' api/breaks.txt && ! grep -q '^### Breaking' CHANGELOG.md; then
    echo 'api: api/breaks.txt notes a break, and CHANGELOG.md has no section Breaking'
    return 1
  fi
}

set_baseline() {
  local commit
  commit=$(git rev-parse --verify "${1:-HEAD}^{commit}")
  printf '# The commit whose exported Go API scripts/api.sh compares with. make api-baseline sets it.\n%s\n' "$commit" >api/baseline.txt
  sed -i.bak '/^\(#.*\)\{0,1\}$/!d' api/breaks.txt
  rm api/breaks.txt.bak
  echo "api: the baseline is $commit; api/breaks.txt is empty"
}

# A module in two versions: the second one lacks F, has another parameter of G, and adds H.
selftest() {
  local tool status=0
  tool=$(scripts/tools.sh apidiff)
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  mkdir -p "$work/old" "$work/new"
  printf 'module example.org/m\n\ngo 1.26.0\n' | tee "$work/old/go.mod" >"$work/new/go.mod"
  printf 'package m\n\nfunc F() {}\n\nfunc G(int) {}\n' >"$work/old/m.go"
  printf 'package m\n\nfunc G(string) {}\n\nfunc H() {}\n' >"$work/new/m.go"
  for version in old new; do
    mkdir "$work/$version-api"
    (cd "$work/$version" && GOWORK=off "$tool" -m -w "$work/$version-api/m.api" example.org/m)
  done
  mkdir "$work/none"
  breaks "$tool" "$work/old-api" "$work/new-api" >"$work/found"
  printf 'm: F: removed\nm: G: changed from func(int) to func(string)\n' >"$work/want"
  diff "$work/want" "$work/found" || status=1
  [ "$(breaks "$tool" "$work/old-api" "$work/none")" = "m: the module was removed" ] || status=1
  printf '# a comment\n\n' >"$work/notes"
  ! judge "$work/found" "$work/notes" >/dev/null || status=1
  cat "$work/want" >>"$work/notes"
  judge "$work/found" "$work/notes" || status=1
  echo 'm: X: removed' >>"$work/notes"
  ! judge "$work/found" "$work/notes" >/dev/null || status=1
  [ "$status" = 0 ] || echo 'api: the check does not find what it must find'
  return "$status"
}

case ${1:-} in
  '') compare ;;
  --set) set_baseline "${2:-}" ;;
  --selftest) selftest ;;
  *)
    echo "api: want no argument, --set [REF] or --selftest: got $1" >&2
    exit 2
    ;;
esac
