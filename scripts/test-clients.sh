#!/usr/bin/env bash
# Runs clients of other projects against the local user pool: they sign up, in and out.
#
#   scripts/test-clients.sh [go test flags]
#
# It prints how many steps of each client passed. It fails if a client has a failed step
# or no passed step.
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/test-deps.sh

out=$(mktemp)
trap 'rm -f "$out"' EXIT
status=0
(cd interop && go test -count=1 -run '^TestClient' -v "$@" .) >"$out" 2>&1 || status=$?

# A step is a subtest, TestClientX/kind:_step. After a failure its output is printed.
awk '
  function column(kind) { if (!(kind in seen)) { seen[kind] = ++columns; kinds[columns] = kind } }
  BEGIN {
    split("sign-up sign-in wrong_password tokens refresh rotation revoke sign-out", order, " ")
    for (i = 1; i in order; i++) column(order[i])
  }
  $1 == "===" { current = $3; next }
  $1 == "---" && $2 == "FAIL:" { failures[++failed] = $3 }
  $1 == "---" && $2 == "SKIP:" { skips[++skipped] = $3 }
  $1 != "---" { log_of[current] = log_of[current] $0 "\n" }
  $1 == "---" && $3 ~ /^TestClient[A-Za-z0-9]*$/ {
    client = substr($3, 11)
    if (!(client in verdict)) clients[++rows] = client
    verdict[client] = $2 == "PASS:" ? "ok" : $2 == "SKIP:" ? "skipped" : "FAILED"
  }
  $1 == "---" && $3 ~ /^TestClient[A-Za-z0-9]*\/[^\/]*:/ {
    client = substr($3, 11); sub(/\/.*/, "", client)
    kind = $3; sub(/^[^\/]*\//, "", kind); sub(/:.*/, "", kind)
    column(kind)
    steps[client, kind]++; total[client]++
    if ($2 == "PASS:") { passed[client, kind]++; held[client]++ }
  }
  END {
    for (i = 1; i <= rows; i++) if (length(clients[i]) > width) width = length(clients[i])
    print "The number of steps of each kind that passed at the local pool; - if a client has none."
    printf "%-" width "s", ""
    for (i = 1; i <= columns; i++) { label = kinds[i]; gsub("_", " ", label); labels[i] = label; printf "  %s", label }
    printf "  all\n"
    for (r = 1; r <= rows; r++) {
      client = clients[r]
      printf "%-" width "s", client
      for (i = 1; i <= columns; i++) {
        n = steps[client, kinds[i]] + 0
        cell = n == 0 ? "-" : passed[client, kinds[i]] + 0 == n ? n : passed[client, kinds[i]] + 0 "/" n
        printf "  %" length(labels[i]) "s", cell
      }
      printf "  %d/%d %s\n", held[client], total[client], verdict[client]
      if (verdict[client] == "ok" && held[client] + 0 == 0) empty = 1
    }
    for (i = 1; i <= skipped; i++) printf "\nskipped %s\n%s", skips[i], log_of[skips[i]]
    for (i = 1; i <= failed; i++) printf "\nfailed %s\n%s", failures[i], log_of[failures[i]]
    if (empty) print "a client passed no step"
    exit rows == 0 || empty
  }
' "$out" || {
  [ "$status" -ne 0 ] || status=1
}
if ! grep -q '^--- ' "$out"; then
  cat "$out" >&2
  echo "test-clients: no client ran" >&2
fi
exit "$status"
