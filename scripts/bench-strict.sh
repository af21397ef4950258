#!/usr/bin/env bash
# Runs the library and the peers over the accept/reject vectors:
# scripts/bench-strict.sh [-vectors FOLDER]
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/bench-node.sh || true # it has said what is missing
cd bench
exec "${GO:-go}" run ./strict "$@"
