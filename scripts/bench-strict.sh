#!/usr/bin/env bash
# Runs this library and other libraries over the accept/reject vectors:
#
#   scripts/bench-strict.sh [-vectors FOLDER]
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/bench-node.sh || true # it printed what is missing
cd bench
exec "${GO:-go}" run ./strict "$@"
