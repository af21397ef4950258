#!/usr/bin/env bash
# Fuzzes every target of every module:
#
#   scripts/fuzz.sh [TIME]
#
# TIME is the time for each target, 10s by default. A target passes only if its output
# shows inputs that ran, so a run that fuzzed nothing fails. Finding no target is a failure
# too. Each target has one worker, and one target runs on each processor.
set -euo pipefail
cd "$(dirname "$0")/.."

fuzztime=${1:-10s}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Go runs the inputs that longer runs on this machine found before new ones. They could
# take all of the time, so CI starts with an empty folder.
corpus=$(go env GOCACHE)/fuzz
[ "${CI:-}" != true ] || corpus=$work/corpus

# The packages with targets, each built once; go test would link one for each target.
# shellcheck disable=SC2016 # a template of go list, not of the shell
go list -f '{{$p := .}}{{range .TestGoFiles}}{{$p.ImportPath}} {{$p.Dir}} {{.}}{{"\n"}}{{end}}{{range .XTestGoFiles}}{{$p.ImportPath}} {{$p.Dir}} {{.}}{{"\n"}}{{end}}' work |
  while read -r package dir file; do
    [ -z "$file" ] || ! grep -q '^func Fuzz' "$dir/$file" || echo "$package $dir"
  done | sort -u >"$work/packages"
if [ ! -s "$work/packages" ]; then
  echo "fuzz: no target was found" >&2
  exit 1
fi
while read -r package dir; do
  binary=$work/$(echo "$package" | tr -c 'a-zA-Z0-9\n' _)
  if ! go test -c -fuzz . -o "$binary" "$package" >"$work/out" 2>&1 || ! (cd "$dir" && "$binary" -test.list '^Fuzz') >"$work/names" 2>&1; then
    cat "$work/out" >&2
    echo "fuzz: the targets of $package cannot be built" >&2
    exit 1
  fi
  while read -r target; do
    echo "$binary $package $dir $target"
  done <"$work/names"
done <"$work/packages" >"$work/targets"

run() {
  local time=$1 binary=$2 package=$3 dir=$4 target=$5
  mkdir -p "$corpus/$package"
  cd "$dir"
  "$binary" -test.run '^$' -test.fuzz "^$target\$" -test.fuzztime "$time" -test.fuzzminimizetime 20x -test.parallel 1 \
    -test.fuzzcachedir "$corpus/$package" >"$binary.$target" 2>&1 </dev/null
}

fuzz() {
  local binary=$1 package=$2 target=$4 status execs attempt time=$fuzztime
  local out=$binary.$target
  for attempt in 1 2 3 4; do
    status=0
    (run "$time" "$@") || status=$?
    # Before Go 1.27 a worker that is busy at the end can be reported as a failure, without
    # an input that fails: https://go.dev/issue/75804. The next run decides.
    if [ "$status" -ne 0 ] && grep -q 'context deadline exceeded' "$out" && ! grep -q 'Failing input' "$out"; then
      continue
    fi
    # On a busy machine the seeds, which run first, can take all of the time.
    if [ "$status" -eq 0 ] && ! grep -q 'now fuzzing' "$out" && grep -q 'gathering baseline' "$out"; then
      time=$((attempt * 20))s
      continue
    fi
    break
  done
  execs=$(sed -n 's/^fuzz: elapsed: .*, execs: \([0-9][0-9]*\) .*/\1/p' "$out" | tail -n 1)
  if [ "$status" -eq 0 ] && [ "${execs:-0}" -gt 0 ]; then
    printf '%-60s %-40s %12s\n' "$package" "$target" "$execs"
    return
  fi
  printf '%-60s %-40s %12s\n%s\n' "$package" "$target" FAILED "$(cat "$out")"
  [ "$status" -ne 0 ] || echo "fuzz: $target ran no input"
  touch "$out.failed"
}

export fuzztime corpus
export -f run fuzz
printf '%-60s %-40s %12s\n' PACKAGE TARGET EXECS
processors=$(getconf _NPROCESSORS_ONLN)
xargs -P "$processors" -n 4 bash -c 'set -uo pipefail; fuzz "$@"' fuzz <"$work/targets"

total=$(wc -l <"$work/targets")
failed=$(find "$work" -name '*.failed' | wc -l)
echo "fuzz: $((total)) targets, $((failed)) failed, $fuzztime each"
[ "$failed" -eq 0 ]
