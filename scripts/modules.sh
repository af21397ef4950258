#!/usr/bin/env bash
# Prints the folder of every module of the workspace, relative to the
# repository, one a line.
set -euo pipefail
cd "$(dirname "$0")/.."

root=$(pwd -P)
go list -m -f '{{.Dir}}' | while IFS= read -r dir; do
  case $dir in
    "$root") echo . ;;
    *) echo "./${dir#"$root"/}" ;;
  esac
done
