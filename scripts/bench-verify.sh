#!/usr/bin/env bash
# Compares the time of a verification with other libraries:
#
#   scripts/bench-verify.sh [-rounds N] [-tokens N]
#
# If there are no arguments and all libraries are installed, it also draws the chart of
# the documentation, docs/img/verify.svg. A short run does not replace the chart.
set -euo pipefail
cd "$(dirname "$0")/.."

if scripts/bench-node.sh && [ $# -eq 0 ]; then
  mkdir -p docs/img
  set -- -svg ../docs/img/verify.svg
fi
cd bench
exec "${GO:-go}" run ./verify "$@"
