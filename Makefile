# Targets are short; what takes more than a line is in scripts/.
# `make` or `make help` lists them.

GO       ?= go
FUZZTIME ?= 10s
BENCH    ?= .
OUTPUT   ?= dist
# What demo, test and bench pass on, such as ARGS=--once.
ARGS     ?=
ONLY     ?=

.DEFAULT_GOAL := help
.PHONY: help demo test test-clients deps lint tools fuzz faults mutate nightly mutate-all bench bench-verify bench-strict bench-userpool bench-pools release release-modules selftest tidy clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' Makefile

demo: ## the whole thing on this machine: a local pool, a protected API, a sign-in (ARGS=--once ends after the walk)
	@[ -x .bin/poolguard ] || echo 'building the command, which takes about a minute the first time'
	@$(GO) build -o .bin/poolguard ./cmd/poolguard && exec .bin/poolguard demo $(ARGS)

test: ## all tests of all modules with the race detector; installs what they need on Debian (ARGS='-run Name -v')
	@scripts/test.sh $(ARGS)

test-clients: ## other people's clients at the local user pool, as a table of client and step (ARGS='-run Amplify')
	@scripts/test-clients.sh $(ARGS)

deps: ## what test needs and this machine lacks: a C compiler, Node.js, npm packages, Chromium
	@scripts/test-deps.sh

lint: ## gofmt, go vet, go mod tidy, golangci-lint with the import rules, prose, shellcheck (STEPS='golang' for some of it)
	@scripts/lint.sh $(STEPS)

tools: ## the pinned linters, built into .bin
	@scripts/tools.sh

fuzz: ## every fuzz target of every module for FUZZTIME=10s each; fails where nothing was fuzzed
	@scripts/fuzz.sh $(FUZZTIME)

faults: ## the verifier while its key sets fail, on a simulated clock and on loopback, as a table (ARGS='-run Rotation')
	@cd cognito/internal/faults && $(GO) test -count=1 $(ARGS) -args -table

mutate: ## changes each security decision of the verifier in turn and fails if no test notices (ONLY=checkExpiry; ARGS='-every 10')
	@scripts/mutate.sh -only '$(ONLY)' $(ARGS)

mutate-all: ## as mutate, for every package of the library that decides about tokens; takes long
	@scripts/mutate.sh -all $(ARGS)

nightly: ## the long versions of checks that .ci/run makes short: all mutations, long fuzzing (FUZZTIME=10m)
	@$(if $(filter command line,$(origin FUZZTIME)),FUZZTIME='$(FUZZTIME)') .ci/run nightly

bench: ## benchmarks of the library (BENCH=regexp, ARGS='-count 10')
	@cd cognito && $(GO) test -run '^$$' -bench '$(BENCH)' -benchmem $(ARGS) ./...

bench-verify: ## verification beside other libraries', in Go and Node.js; draws docs/img/verify.svg (ARGS='-rounds 3 -tokens 500' is short and draws nothing)
	@GO='$(GO)' scripts/bench-verify.sh $(ARGS)

bench-strict: ## which tokens of the test vectors other libraries accept and must not, and the reverse
	@GO='$(GO)' scripts/bench-strict.sh $(ARGS)

bench-userpool: ## sign-ins at the local user pool beside their signatures, and beside cognito-local where it is installed (ARGS='-rounds 3' is short)
	@GO='$(GO)' scripts/bench-userpool.sh $(ARGS)

bench-pools: ## a verifier that resolves ten thousand user pools: cost of a token, memory (ARGS='-pools 1000 -tokens 2000' is short)
	@cd bench && $(GO) run ./pools $(ARGS)

release: ## archives, checksums and SBOMs for all platforms: make release VERSION=v0.1.0 (into OUTPUT=dist)
	@scripts/release.sh "$(VERSION)" "$(OUTPUT)"

release-modules: ## go.mod files as a release needs them: VERSION=v0.1.0 prints the change, WRITE=1 makes it
	@scripts/release-modules.sh $(if $(WRITE),--write) "$(VERSION)"

.PHONY: release-tags
release-tags: ## the tags of a release, one for each released module: VERSION=v0.1.0
	@scripts/release-modules.sh --tags "$(VERSION)"

selftest: ## proves that fuzz, release, release-modules and release-tags do what they say
	@scripts/selftest.sh

tidy: ## go mod tidy in every module
	@dirs=$$(scripts/modules.sh) && for dir in $$dirs; do (cd "$$dir" && $(GO) mod tidy) || exit 1; done

clean: ## removes the built linter and the release files
	rm -rf .bin dist coverage
