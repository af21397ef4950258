# Targets are short; longer programs are in scripts/.
# `make` or `make help` lists them.

GO       ?= go
FUZZTIME ?= 10s
BENCH    ?= .
OUTPUT   ?= dist
# Arguments for demo, test, mutate and the benchmarks, such as ARGS=--once.
ARGS     ?=
ONLY     ?=

.DEFAULT_GOAL := help
.PHONY: help demo test test-clients test-aws pictures docs man deps lint tools fuzz faults mutate nightly mutate-all bench bench-verify bench-strict bench-userpool bench-pools release release-modules selftest tidy clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' Makefile

demo: ## a local user pool, a protected API and a sign-in on this machine (ARGS=--once ends after the last step)
	@[ -x .bin/poolguard ] || echo 'building the command, which takes about a minute the first time'
	@$(GO) build -o .bin/poolguard ./cmd/poolguard && exec .bin/poolguard demo $(ARGS)

test: ## all tests of all modules with the race detector; installs the programs they need on Debian (ARGS='-run Name -v')
	@scripts/test.sh $(ARGS)

test-clients: ## clients of other projects against the local user pool; prints a table (ARGS='-run Amplify')
	@scripts/test-clients.sh $(ARGS)

test-aws: ## asks Amazon Cognito what its documents leave open; creates user pools: ARGS='-region us-east-1'
	@cd interop && $(GO) run ./cmd/awscheck $(ARGS)

pictures: ## the two pictures of the README, by Chromium, into docs/img; needs the free port 9229
	@cd interop && $(GO) test -count=1 -run '^TestPictures$$' . -args -pictures "$(CURDIR)/docs/img"

docs: ## writes the reference of the command line, docs/cli, from the command's own help
	@$(GO) test -count=1 -run '^TestCommandReferenceIsCurrent$$' ./cmd/poolguard -args -reference "$(CURDIR)/docs/cli"

man: ## the manual pages of the command, from the same help (into OUTPUT=dist/man)
	@SOURCE_DATE_EPOCH=$${SOURCE_DATE_EPOCH:-$$(git log -1 --format=%ct)} \
		$(GO) test -count=1 -run '^TestManualPagesHaveEveryCommand$$' ./cmd/poolguard -args -man "$(abspath $(or $(OUTPUT),dist/man))"

deps: ## installs what the tests need: a C compiler, Node.js, npm packages, Chromium
	@scripts/test-deps.sh

lint: ## gofmt, go vet, go mod tidy, golangci-lint with the import rules, text, commits, shellcheck, actionlint (STEPS='golang prose')
	@scripts/lint.sh $(STEPS)

tools: ## builds the pinned linters into .bin
	@scripts/tools.sh

fuzz: ## every fuzz target of every module for FUZZTIME=10s each; fails if a target ran no input
	@scripts/fuzz.sh $(FUZZTIME)

faults: ## the verifier with key sets that fail, on a simulated clock and on loopback; prints a table (ARGS='-run Rotation')
	@cd cognito/internal/faults && $(GO) test -count=1 $(ARGS) -args -table

mutate: ## changes each security decision of the verifier in turn and fails if no test notices (ONLY=checkExpiry; ARGS='-every 10')
	@scripts/mutate.sh -only '$(ONLY)' $(ARGS)

mutate-all: ## as mutate, for every package of the library that decides about tokens; takes long
	@scripts/mutate.sh -all $(ARGS)

nightly: ## the long versions of checks that .ci/run makes short: all mutations, long fuzzing (FUZZTIME=10m)
	@$(if $(filter command line,$(origin FUZZTIME)),FUZZTIME='$(FUZZTIME)') .ci/run nightly

bench: ## benchmarks of the library (BENCH=regexp, ARGS='-count 10')
	@cd cognito && $(GO) test -run '^$$' -bench '$(BENCH)' -benchmem $(ARGS) ./...

bench-verify: ## the time of a verification, for this and other libraries; draws docs/img/verify.svg (short: ARGS='-rounds 3 -tokens 500')
	@GO='$(GO)' scripts/bench-verify.sh $(ARGS)

bench-strict: ## bad tokens of the test vectors that other libraries accept, and good ones that they reject
	@GO='$(GO)' scripts/bench-strict.sh $(ARGS)

bench-userpool: ## sign-ins at the local user pool, compared with their signatures and with cognito-local if installed (short: ARGS='-rounds 3')
	@GO='$(GO)' scripts/bench-userpool.sh $(ARGS)

bench-pools: ## a verifier that resolves ten thousand user pools: cost of a token, memory (short: ARGS='-pools 1000 -tokens 2000')
	@cd bench && $(GO) run ./pools $(ARGS)

release: ## archives, packages, images, an installer and SBOMs for all platforms: make release VERSION=v0.1.0 (into OUTPUT=dist)
	@scripts/release.sh "$(VERSION)" "$(OUTPUT)"

release-modules: ## changes the go.mod files for a release: VERSION=v0.1.0 prints the change, WRITE=1 makes it
	@scripts/release-modules.sh $(if $(WRITE),--write) "$(VERSION)"

.PHONY: release-tags
release-tags: ## the tags of a release, one for each released module: VERSION=v0.1.0
	@scripts/release-modules.sh --tags "$(VERSION)"

selftest: ## proves that fuzz, release, release-modules and release-tags work
	@scripts/selftest.sh

tidy: ## go mod tidy in every module
	@dirs=$$(scripts/modules.sh) && for dir in $$dirs; do (cd "$$dir" && $(GO) mod tidy) || exit 1; done

clean: ## removes the built tools and the release files
	rm -rf .bin dist coverage
