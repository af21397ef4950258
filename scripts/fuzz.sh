#!/usr/bin/env bash
# Fuzzes every target of every module for a while: scripts/fuzz.sh [5s]
# A target counts only when go's own output shows inputs that were run, so that
# a run which fuzzed nothing fails. No target at all is a failure too.
set -euo pipefail
cd "$(dirname "$0")/.."

fuzztime=${1:-10s}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# What was found interesting in longer runs on this machine would be run before
# anything new, and could take all of the time.
[ "${CI:-}" != true ] || go clean -fuzzcache

# go test -list prints the names of a package's targets, then a line with the
# package: "ok <tab> path <tab> time".
if ! go test -list '^Fuzz' work >"$work/list" 2>&1; then
  cat "$work/list" >&2
  echo "fuzz: the targets could not be listed" >&2
  exit 1
fi
awk '
  /^Fuzz[[:alnum:]_]*$/ { names[++n] = $0; next }
  $1 == "ok" { for (i = 1; i <= n; i++) print $2, names[i]; n = 0 }
' "$work/list" >"$work/targets"
if [ ! -s "$work/targets" ]; then
  echo "fuzz: no target was found" >&2
  exit 1
fi

fuzz() {
  go test -run '^$' -fuzz "^$2\$" -fuzztime "$fuzztime" -fuzzminimizetime 20x "$1" >"$work/out" 2>&1 </dev/null
}

failed=0
printf '%-60s %-40s %12s\n' PACKAGE TARGET EXECS
while read -r package target; do
  status=0
  fuzz "$package" "$target" || status=$?
  # Until Go 1.27 a worker that is busy when the time is up may be reported as a
  # failure, without an input that fails: https://go.dev/issue/75804. Once more tells.
  if [ "$status" -ne 0 ] && grep -q 'context deadline exceeded' "$work/out" && ! grep -q 'Failing input' "$work/out"; then
    status=0
    fuzz "$package" "$target" || status=$?
  fi
  execs=$(sed -n 's/^fuzz: elapsed: .*, execs: \([0-9][0-9]*\) .*/\1/p' "$work/out" | tail -n 1)
  verdict=${execs:-0}
  if [ "$status" -ne 0 ] || [ "${execs:-0}" -eq 0 ]; then
    verdict=FAILED
    failed=$((failed + 1))
  fi
  printf '%-60s %-40s %12s\n' "$package" "$target" "$verdict"
  if [ "$verdict" = FAILED ]; then
    cat "$work/out"
    [ "$status" -ne 0 ] || echo "fuzz: $target ran no input"
  fi
done <"$work/targets"

total=$(wc -l <"$work/targets")
echo "fuzz: $((total)) targets, $failed failed, $fuzztime each"
[ "$failed" -eq 0 ]
