#!/usr/bin/env bash
# Prints the Homebrew formula of a release. It reads SHA256SUMS from standard input:
#
#   scripts/formula.sh VERSION <dist/SHA256SUMS
#
# A platform that SHA256SUMS does not have is absent from the formula.
set -euo pipefail

version=$1
base=https://github.com/poolguard/poolguard/releases/download/$version
sums=$(cat)

# sum_of FILE: the sum in the lines "SUM  FILE" of SHA256SUMS.
sum_of() {
  awk -v name="$1" '$2 == name || $2 == "*" name { print $1 }' <<<"$sums"
}

# platform OS ARCH METHOD: one block of the formula, if there is such an archive.
platform() {
  local sum name=poolguard_${version}_$1_$2.tar.gz
  sum=$(sum_of "$name")
  [ -n "$sum" ] || return 0
  cat <<RUBY
    $3 do
      url "$base/$name"
      sha256 "$sum"
    end
RUBY
}

system() {
  local blocks
  blocks=$(platform "$1" arm64 on_arm; platform "$1" amd64 on_intel)
  [ -n "$blocks" ] || return 0
  printf '  %s do\n%s\n  end\n\n' "$2" "$blocks"
}

cat <<RUBY
class Poolguard < Formula
  desc "Verifies tokens of Amazon Cognito user pools, and serves a local user pool"
  homepage "https://github.com/poolguard/poolguard"
  version "${version#v}"
  license "Apache-2.0"

RUBY
system darwin on_macos
system linux on_linux
cat <<'RUBY'
  def install
    bin.install "poolguard"
    man1.install Dir["man/*.1"]
    bash_completion.install "completions/poolguard.bash" => "poolguard"
    zsh_completion.install "completions/poolguard.zsh" => "_poolguard"
    fish_completion.install "completions/poolguard.fish"
  end

  test do
    assert_match version.to_s, shell_output("#{bin}/poolguard version")
  end
end
RUBY
