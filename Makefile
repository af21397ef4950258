# Targets are short; longer programs are in scripts/.
# `make` or `make help` lists them, by the groups and the short texts after ##.

GO       ?= go
FUZZTIME ?= 10s
SOAK     ?= 10m
BENCH    ?= .
OUTPUT   ?= dist
# Arguments for demo, test, mutate and the benchmarks, such as ARGS=--once.
ARGS     ?=
ONLY     ?=

.DEFAULT_GOAL := help
.PHONY: demo help test test-clients faults soak fuzz mutate mutate-all nightly selftest test-aws lint tools deps docs man pictures tidy clean bench bench-verify bench-strict bench-userpool bench-pools bench-gateway api-baseline release release-modules release-tags

##@ Try it

# A local user pool, a protected API and a sign-in on this machine (ARGS=--once ends after the
# last step).
demo: ## a local pool, an API and a sign-in (ends: ARGS=--once)
	@[ -x .bin/poolguard ] || echo 'building the command, which takes about a minute the first time'
	@$(GO) build -o .bin/poolguard ./cmd/poolguard && exec .bin/poolguard demo $(ARGS)

help: ## print this list
	@awk -F ':.*## ' '/^##@/ { printf "\n%s\n", substr($$0, 5) } /^[a-z-]+:.*## / { printf "  make %-15s  %s\n", $$1, $$2 }' Makefile

##@ Test

# All tests of all modules with the race detector; installs the programs they need on Debian
# (ARGS='-run Name -v').
test: ## all tests; installs what they need (ARGS='-run Name')
	@scripts/test.sh $(ARGS)

# Clients of other projects against the local user pool; prints a table (ARGS='-run Amplify').
test-clients: ## clients of other projects at the local pool
	@scripts/test-clients.sh $(ARGS)

# The verifier with key sets that fail, on a simulated clock and on loopback; prints a table
# (ARGS='-run Rotation').
faults: ## key sets that fail (ARGS='-run Rotation')
	@cd cognito/internal/faults && $(GO) test -count=1 $(ARGS) -args -table

# The gateway under load for SOAK=10m while key sets fail, keys rotate, configurations change and
# proxies restart; prints the counts and fails if an answer was wrong.
soak: ## the gateway under load and changes (SOAK=10m)
	@GO='$(GO)' SOAK='$(SOAK)' scripts/soak.sh $(ARGS)

# Every fuzz target of every module for FUZZTIME=10s each; fails if a target ran no input.
fuzz: ## every fuzz target (FUZZTIME=10s)
	@scripts/fuzz.sh $(FUZZTIME)

# Changes each security decision of the verifier in turn and fails if no test notices
# (ONLY=checkExpiry; ARGS='-every 10').
mutate: ## change each decision: a test must fail (ONLY=name)
	@scripts/mutate.sh -only '$(ONLY)' $(ARGS)

# As mutate, for every package of the library that decides about tokens; takes long.
mutate-all: ## the same for all of the library; takes long
	@scripts/mutate.sh -all $(ARGS)

# The long versions of checks that .ci/run makes short: all mutations, long fuzzing
# (FUZZTIME=10m).
nightly: ## the long versions of checks (FUZZTIME=10m)
	@$(if $(filter command line,$(origin FUZZTIME)),FUZZTIME='$(FUZZTIME)') .ci/run nightly

# Proves that fuzz, release, release-modules and release-tags work.
selftest: ## prove that fuzz and the release targets work
	@scripts/selftest.sh

# Asks Amazon Cognito what its documents leave open; creates user pools: ARGS='-region us-east-1'.
test-aws: ## ask AWS what is not documented: ARGS='-region REGION'
	@cd interop && $(GO) run ./cmd/awscheck $(ARGS)

##@ Check and write

# Gofmt, go vet, go mod tidy, golangci-lint with the import rules, text, commits, shellcheck,
# actionlint (STEPS='golang prose').
lint: ## all checks of the source (STEPS='golang prose')
	@scripts/lint.sh $(STEPS)

# Builds the pinned linters into .bin.
tools: ## build the pinned linters into .bin
	@scripts/tools.sh

# Installs what the tests need: a C compiler, Node.js, npm packages, Chromium.
deps: ## install what the tests need
	@scripts/test-deps.sh

# Writes the reference of the command line, docs/cli, from the command's own help.
docs: ## the reference of the command line, docs/cli
	@$(GO) test -count=1 -run '^TestCommandReferenceIsCurrent$$' ./cmd/poolguard -args -reference "$(CURDIR)/docs/cli"

# The manual pages of the command, from the same help (into OUTPUT=dist/man).
man: ## the manual pages (OUTPUT=dist/man)
	@SOURCE_DATE_EPOCH=$${SOURCE_DATE_EPOCH:-$$(git log -1 --format=%ct)} \
		$(GO) test -count=1 -run '^TestManualPagesHaveEveryCommand$$' ./cmd/poolguard -args -man "$(abspath $(or $(OUTPUT),dist/man))"

# The pictures of the README, into docs/img: a session in a terminal, and two pages by Chromium,
# which need the free port 9229.
pictures: ## the pictures of the README; needs port 9229
	@$(GO) test -count=1 -run '^TestTerminalPictureIsCurrent$$' ./cmd/poolguard -args -terminal-picture "$(CURDIR)/docs/img/terminal.svg"
	@cd interop && $(GO) test -count=1 -run '^TestPictures$$' . -args -pictures "$(CURDIR)/docs/img"

tidy: ## go mod tidy in every module
	@dirs=$$(scripts/modules.sh) && for dir in $$dirs; do (cd "$$dir" && GOWORK=off $(GO) mod tidy) || exit 1; done

# Removes the built tools and the release files.
clean: ## remove the built tools and the release files
	rm -rf .bin dist coverage

##@ Measure

# Benchmarks of the library (BENCH=regexp, ARGS='-count 10').
bench: ## benchmarks of the library (BENCH=name ARGS='-count 5')
	@cd cognito && $(GO) test -run '^$$' -bench '$(BENCH)' -benchmem $(ARGS) ./...

# The time of a verification, for this and other libraries; draws docs/img/verify.svg (short:
# ARGS='-rounds 3 -tokens 500').
bench-verify: ## verifiers; short: ARGS='-rounds 3 -tokens 500'
	@GO='$(GO)' scripts/bench-verify.sh $(ARGS)

# Bad tokens of the test vectors that other libraries accept, and good ones that they reject.
bench-strict: ## bad tokens that other libraries accept
	@GO='$(GO)' scripts/bench-strict.sh $(ARGS)

# Sign-ins at the local user pool, compared with their signatures and with cognito-local if
# installed (short: ARGS='-rounds 3').
bench-userpool: ## the local pool; short: ARGS='-rounds 3'
	@GO='$(GO)' scripts/bench-userpool.sh $(ARGS)

# A verifier that resolves ten thousand user pools: cost of a token, memory (short: ARGS='-pools
# 1000 -tokens 2000').
bench-pools: ## 10,000 pools; short: ARGS='-pools 1000 -tokens 2000'
	@cd bench && $(GO) run ./pools $(ARGS)

# The gateway beside bare servers, in nginx, for Envoy and beside oauth2-proxy; needs wrk; draws
# docs/img/gateway-speed.svg (short: ARGS='-rounds 2 -turn 1s').
bench-gateway: ## the gateway; short: ARGS='-rounds 2 -turn 1s'
	@GO='$(GO)' scripts/bench-gateway.sh $(ARGS)

##@ Release

# Archives, packages, images, an installer and SBOMs for all platforms: make release
# VERSION=v0.1.0 (into OUTPUT=dist).
release: ## the files of a release: VERSION=v0.1.0 (OUTPUT=dist)
	@scripts/release.sh "$(VERSION)" "$(OUTPUT)"

# Changes the go.mod files for a release: VERSION=v0.1.0 prints the change, WRITE=1 makes it.
release-modules: ## the go.mod files of a release: VERSION=v0.1.0
	@scripts/release-modules.sh $(if $(WRITE),--write) "$(VERSION)"

# Makes a commit the one whose Go API the check of the API compares with (REF=v0.1.0).
api-baseline: ## compare the Go API with a commit (REF=HEAD)
	@scripts/api.sh --set "$(or $(REF),HEAD)"

# The tags of a release, one for each released module: VERSION=v0.1.0.
release-tags: ## the tags of a release: VERSION=v0.1.0
	@scripts/release-modules.sh --tags "$(VERSION)"
