#!/usr/bin/env bash
# Prints the folder of every module, relative to the repository, one on a line.
#
#   scripts/modules.sh             all modules
#   scripts/modules.sh --outside   those that are not in the workspace: GOWORK=off is for them
#   scripts/modules.sh --released  the modules that a release tags, each after the modules
#                                  that it requires
set -euo pipefail
cd "$(dirname "$0")/.."

project=github.com/poolguard/poolguard

# The requirements of these would change the versions of every other module.
outside() {
  local dir
  while IFS= read -r dir; do
    [ ! -f "$dir/go.mod" ] || echo "$dir"
  done <<'FOLDERS'
./gateway/caddy
FOLDERS
}

all() {
  local root
  root=$(pwd -P)
  go list -m -f '{{.Dir}}' | while IFS= read -r dir; do
    case $dir in
      "$root") echo . ;;
      *) echo "./${dir#"$root"/}" ;;
    esac
  done
  outside
}

# These modules are for work on this repository: no other module requires them.
unreleased() {
  case $1 in
    ./bench | ./examples | ./interop | ./internal/*) true ;;
    *) false ;;
  esac
}

# Prints pairs of module paths for tsort: a required module, and the module that requires it.
requirements() {
  local dir name
  all | while IFS= read -r dir; do
    ! unreleased "$dir" || continue
    name=$(sed -n 's/^module //p' "$dir/go.mod")
    echo "$name $name"
    go mod edit -print "$dir/go.mod" |
      sed -n "/=>/d; s|^\(require\)\{0,1\}[[:space:]]*\($project\(/[^[:space:]]*\)\{0,1\}\) v.*|\2 $name|p"
  done
}

case ${1:-} in
  '') all ;;
  --outside) outside ;;
  --released) requirements | tsort | sed "s,^$project\$,.,; s,^$project/,./," ;;
  *)
    echo "modules: want no argument, --outside or --released: got $1" >&2
    exit 2
    ;;
esac
