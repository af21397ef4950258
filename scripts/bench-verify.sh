#!/usr/bin/env bash
# Measures verification beside the peers: scripts/bench-verify.sh [-rounds N] [-tokens N]
# Without arguments, and with all contenders at hand, it also draws the chart of the
# documentation, docs/img/verify.svg: a short run must not replace that.
set -euo pipefail
cd "$(dirname "$0")/.."

if scripts/bench-node.sh && [ $# -eq 0 ]; then
  mkdir -p docs/img
  set -- -svg ../docs/img/verify.svg
fi
cd bench
exec "${GO:-go}" run ./verify "$@"
