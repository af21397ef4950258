#!/usr/bin/env bash
# Proves that the import rules of .golangci.yml reject bad imports. It creates a tree like
# that of this repository in a temporary folder, with one file for each import. It runs the
# linter there with the real configuration, and compares the rejected imports with the
# table below.
set -euo pipefail
cd "$(dirname "$0")/.."

tool=$(scripts/tools.sh golangci-lint)
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
tree=$(cd "$tree" && pwd -P)
cp .golangci.yml "$tree/"

# rules that reject it (- if it is allowed), folder, kind of file, import
cases() {
  local p=github.com/poolguard/poolguard
  cat <<CASES
-             cognito/internal/jose     code  crypto/rsa
-             cognito/internal/jose     code  github.com/go-json-experiment/json/jsontext
jose          cognito/internal/jose     code  encoding/json
-             cognito/internal/jose     code  $p/cognito/internal/excerpt
jose          cognito/internal/jose     code  $p/cognito
jose          cognito/internal/jose     code  $p/cognito/keyset
jose          cognito/internal/jose     code  golang.org/x/sync/singleflight
jose          cognito/internal/jose/sub code  example.org/anything
-             cognito/internal/jose     test  encoding/json
-             cognito/internal/address  code net/netip
library-leaves cognito/internal/address code $p/cognito/internal/configerror
-             cognito/internal/address  code $p/cognito/internal/excerpt
library-leaves cognito/internal/challenge code $p/cognito/oauth
library-leaves cognito/internal/excerpt code $p/cognito
-             cognito/internal/configerror code errors
library-leaves cognito/internal/configerror code $p/cognito/keyset
library-leaves cognito/internal/httpclient code $p/cognito/keyset
library-leaves cognito/internal/configerror code example.org/anything
-             cognito/keyset            code  $p/cognito/internal/address
-             cognito/keyset            code  $p/cognito/internal/configerror
-             cognito/keyset            code  $p/cognito/internal/httpclient
-             cognito/keyset            code  $p/cognito/internal/jose
-             cognito/keyset            code  golang.org/x/sync/singleflight
keyset        cognito/keyset            code  encoding/json
keyset        cognito/keyset            code  $p/cognito
keyset        cognito/keyset            code  $p/cognito/bearer
keyset        cognito/keyset            code  github.com/maypok86/otter/v2
keyset        cognito/keyset            code  golang.org/x/text/language
keyset        cognito/keyset            code  example.org/anything
-             cognito                   code  $p/cognito/keyset
-             cognito                   code  $p/cognito/internal/address
-             cognito                   code  $p/cognito/internal/configerror
-             cognito                   code  $p/cognito/internal/jose
-             cognito                   code  github.com/maypok86/otter/v2
-             cognito                   code  encoding/json
cognito       cognito                   code  $p/cognito/bearer
cognito,testing cognito                 code  $p/cognito/cognitotest
cognito       cognito                   code  $p/userpool
cognito       cognito                   code  golang.org/x/text/language
cognito       cognito                   code  example.org/anything
-             cognito                   test  $p/cognito/cognitotest
library-tests cognito                   test  example.org/anything
library-tests cognito                   test  $p/userpool
library-tests cognito/bearer            test  github.com/stretchr/testify/assert
-             cognito/bearer            code  $p/cognito/internal/configerror
-             cognito/bearer            code  $p/cognito/internal/address
-             cognito/bearer            code  $p/cognito/internal/credential
-             cognito/bearer            code  $p/cognito/internal/rule
-             cognito/bearer            code  $p/cognito
-             cognito/bearer            code  encoding/json
library       cognito/bearer            code  $p/cognito/keyset
library,testing cognito/bearer          code  $p/cognito/cognitotest
library       cognito/bearer            code  $p/cognito/internal/jose
library       cognito/bearer            code  example.org/anything
library       cognito/newcomer/deeper   code  example.org/anything
-             cognito/alb               code  $p/cognito/internal/address
-             cognito/alb               code  $p/cognito/internal/configerror
-             cognito/alb               code  $p/cognito/internal/httpclient
library       cognito/internal/telemetry code $p/cognito/bearer
library       cognito/internal/rule     code  $p/cognito/bearer
library       cognito/internal/credential code $p/cognito/bearer
-             cognito/alb               code  $p/cognito/bearer
-             cognito/alb               code  $p/cognito/internal/jose
alb           cognito/alb               code  $p/cognito/oauth
alb           cognito/alb               code  example.org/anything
-             cognito/lambdaauth        code  $p/cognito/internal/configerror
-             cognito/lambdaauth        code  $p/cognito/internal/credential
-             cognito/lambdaauth        code  $p/cognito/internal/rule
-             cognito/lambdaauth        code  github.com/aws/aws-lambda-go/events
lambdaauth    cognito/lambdaauth        code  github.com/aws/aws-lambda-go/lambda
lambdaauth    cognito/lambdaauth        code  $p/cognito/keyset
-             cognito/oauth             code  $p/cognito/internal/address
-             cognito/oauth             code  $p/cognito/internal/configerror
-             cognito/oauth             code  $p/cognito/internal/httpclient
-             cognito/oauth             code  golang.org/x/oauth2/clientcredentials
-             cognito/oauth             code  github.com/go-json-experiment/json
oauth         cognito/oauth             code  $p/cognito/bearer
oauth         cognito/oauth             code  github.com/aws/aws-lambda-go/events
-             cognito/signin            code  $p/cognito/oauth
-             cognito/signin            code  $p/cognito/bearer
-             cognito/signin            code  $p/cognito/internal/refusallog
-             cognito/signin            code  $p/cognito/signin/internal/seal
signin        cognito/signin            code  $p/cognito/signin/boltstore
signin        cognito/signin            code  encoding/json
signin        cognito/signin            code  example.org/anything
-             cognito/signin/internal/returnto code $p/cognito/internal/address
signin-parts  cognito/signin/internal/seal code $p/cognito/signin
signin-parts  cognito/signin/internal/newcomer code example.org/anything
-             cognito/signin/storetest  code  testing
-             cognito/signin/storetest  code  github.com/google/go-cmp/cmp
signin-storetest cognito/signin/storetest code $p/cognito/oauth
-             cognito/metadata          code  $p/cognito/internal/address
-             cognito/metadata          code  $p/cognito/internal/configerror
-             cognito/metadata          code  github.com/go-json-experiment/json
metadata      cognito/metadata          code  $p/cognito
metadata      cognito/metadata          code  $p/cognito/bearer
-             cognito/revocation        code  $p/cognito/internal/address
-             cognito/revocation        code  $p/cognito/internal/configerror
-             cognito/revocation        code  $p/cognito/internal/httpclient
-             cognito/revocation        code  github.com/maypok86/otter/v2
-             cognito/revocation        code  github.com/go-json-experiment/json
revocation    cognito/revocation        code  encoding/json
revocation    cognito/revocation        code  $p/cognito/oauth
revocation    cognito/revocation        code  example.org/anything
-             cognito/grpcauth          code  $p/cognito/internal/configerror
-             cognito/grpcauth          code  $p/cognito/internal/rule
-             cognito/grpcauth          code  google.golang.org/grpc/codes
-             cognito/grpcauth          code  $p/cognito/bearer
grpcauth      cognito/grpcauth          code  $p/cognito/oauth
grpcauth      cognito/grpcauth          code  encoding/json
grpcauth      cognito/grpcauth          code  example.org/anything
-             cognito/grpcauth          test  $p/cognito/oauth
-             cognito/observe/promcognito code $p/cognito/internal/configerror
-             cognito/observe/promcognito code github.com/prometheus/client_golang/prometheus
promcognito   cognito/observe/promcognito code github.com/prometheus/client_golang/prometheus/promauto
promcognito   cognito/observe/promcognito code github.com/prometheus/client_golang/prometheus/promhttp
-             cognito/observe/promcognito code $p/cognito/internal/telemetry
promcognito   cognito/observe/promcognito code $p/cognito/keyset
promcognito   cognito/observe/promcognito code encoding/json
-             cognito/observe/promcognito test github.com/prometheus/common/expfmt
-             cognito/observe/otelcognito code $p/cognito/internal/configerror
-             cognito/observe/otelcognito code go.opentelemetry.io/otel/semconv/v1.43.0
-             cognito/observe/otelcognito code go.opentelemetry.io/otel/metric
otelcognito   cognito/observe/otelcognito code go.opentelemetry.io/otel/sdk/trace
otelcognito   cognito/observe/otelcognito code go.opentelemetry.io/otel/trace/noop
-             cognito/observe/otelcognito code $p/cognito/internal/telemetry
otelcognito   cognito/observe/otelcognito code $p/cognito/bearer
otelcognito   cognito/observe/otelcognito code encoding/json
-             cognito/observe/otelcognito test go.opentelemetry.io/otel/sdk/metric
library       cognito/observe/newcomer  code  example.org/anything
-             cognito/cognitotest       code  testing
-             cognito/internal/testvectors code testing
cognito       cognito                   code  $p/cognito/internal/testvectors
-             cognito/internal/vectorgen code $p/cognito/internal/vectorgen/vectors
-             cognito/internal/vectortest code testing
-             cognito/internal/vectortest code $p/cognito/internal/vectorgen/vectors
vectortest    cognito/internal/vectortest code $p/cognito/bearer
vectorgen     cognito/internal/vectorgen code $p/cognito
vectorgen     cognito/internal/vectorgen code $p/cognito/internal/jose
vectorgen     cognito/internal/vectorgen/vectors code github.com/go-json-experiment/json
-             cognito/internal/mutate   code  go/parser
mutate        cognito/internal/mutate   code  $p/cognito
mutate        cognito/internal/mutate   code  example.org/anything
-             cognito/cognitotest       code  net/http/httptest
-             cognito/cognitotest       code  $p/cognito/keyset
-             cognito/cognitotest       code  $p/cognito/alb
cognitotest   cognito/cognitotest       code  $p/cognito/bearer
cognitotest   cognito/cognitotest       code  $p/cognito/internal/jose
cognitotest   cognito/cognitotest       code  example.org/anything
-             userpool                  code  $p/userpool/internal/srp
-             userpool                  code  encoding/json
userpool      userpool                  code  $p/cognito
userpool      userpool                  code  $p/cognito/keyset
userpool,userpool-leaves userpool/internal/srp code $p/cognito
userpool-tests userpool                 test  $p/cognito
userpool      userpool                  code  $p/gateway
-             userpool                  code  github.com/go-json-experiment/json
userpool      userpool                  code  example.org/anything
userpool      userpool/internal/newcomer code example.org/anything
userpool      userpool                  code  github.com/google/go-cmp/cmp
-             userpool                  test  github.com/google/go-cmp/cmp
userpool-tests userpool/internal/srp    test  example.org/anything
-             userpool/internal/srp     code  math/big
userpool-leaves userpool/internal/srp   code  $p/userpool/internal/store
userpool,userpool-leaves userpool/internal/totp code example.org/anything
userpool-leaves userpool/internal/random code $p/userpool/internal/directory
-             userpool/internal/store   code  go.etcd.io/bbolt/errors
-             userpool/internal/store   code  github.com/tidwall/btree
userpool-store userpool/internal/store  code  $p/userpool/internal/directory
userpool,userpool-store userpool/internal/store code example.org/anything
-             userpool/internal/directory code $p/userpool/internal/srp
-             userpool/internal/directory code $p/userpool/internal/address
userpool-leaves userpool/internal/address code $p/userpool/internal/directory
userpool-directory userpool/internal/directory code $p/userpool/internal/issuer
userpool-directory userpool/internal/directory code go.etcd.io/bbolt
-             userpool/internal/passwords code $p/userpool/internal/srp
userpool-attributes userpool/internal/passwords code $p/userpool/internal/users
userpool-attributes userpool/internal/attributes code $p/userpool/internal/authflow
-             userpool/internal/issuer  code  $p/userpool/internal/directory
userpool-issuer userpool/internal/issuer code $p/userpool/internal/authflow
-             userpool/internal/describe code github.com/go-json-experiment/json
userpool-describe userpool/internal/describe code $p/userpool/internal/api
-             userpool/internal/users   code  $p/userpool/internal/authflow
userpool-authflow userpool/internal/authflow code net/http
userpool-authflow userpool/internal/users   code $p/userpool/internal/api
userpool-authflow userpool/internal/authflow code $p/userpool/internal/authserver
-             userpool/internal/authserver   code  net/http
userpool-authserver userpool/internal/authserver  code  $p/userpool/internal/api
userpool-api  userpool/internal/api     code  $p/userpool/internal/authserver
userpool-authserver userpool/internal/controls code $p/userpool/internal/api
userpool-api  userpool/internal/controls code $p/userpool/internal/authserver
-             internal/web              code  html/template
web           internal/web              code  $p/cognito
web           internal/web              code  $p/internal/inspector
-             internal/inspector        code  $p/cognito/keyset
-             internal/inspector        code  $p/internal/web
-             internal/inspector        code  $p/internal/explain
-             internal/inspector        code  $p/internal/terminal
-             internal/explain          code  $p/cognito
explain       internal/explain          code  $p/cognito/keyset
-             internal/explain          code  $p/internal/address
explain       internal/explain          code  $p/internal/terminal
-             internal/report           code  $p/internal/explain
inspector     internal/inspector        code  $p/userpool
inspector     internal/inspector        code  $p/cognito/bearer
commands,suggest internal/suggest          code  github.com/spf13/cobra
-             internal/yamlfile         code  github.com/goccy/go-yaml/ast
-             internal/yamlfile         code  $p/internal/suggest
yamlfile      internal/yamlfile         code  $p/userpool
-             internal/poolfile         code  $p/internal/yamlfile
poolfile,yaml internal/poolfile         code  github.com/goccy/go-yaml/ast
-             internal/poolfile         code  $p/userpool
poolfile      internal/poolfile         code  $p/cognito
poolfile      internal/poolfile         code  $p/userpool/internal/directory
-             internal/privatefile      code  github.com/gofrs/flock
privatefile   internal/privatefile      code  $p/internal/terminalauth/profile
-             internal/terminalauth/profile code  github.com/goccy/go-yaml/ast
-             internal/terminalauth/profile code  $p/internal/privatefile
-             internal/terminalauth/profile code  $p/internal/address
-             internal/terminalauth/profile code  $p/internal/yamlfile
profile       internal/terminalauth/profile code  $p/cognito
-             internal/terminalauth/tokenstore code  github.com/zalando/go-keyring
tokenstore    internal/terminalauth/tokenstore code  $p/cognito/oauth
tokenstore    internal/terminalauth/tokenstore code  $p/internal/terminalauth/profile
-             internal/terminalauth/callback code  $p/internal/serve
-             internal/terminalauth/callback code  $p/internal/web
-             internal/terminalauth/callback code  $p/internal/terminal
callback      internal/terminalauth/callback code  $p/cognito/oauth
-             internal/terminalauth/account code  $p/cognito/oauth
-             internal/terminalauth/account code  $p/internal/terminalauth/tokenstore
account       internal/terminalauth/account code  $p/internal/terminalauth/callback
account       internal/terminalauth/account code  github.com/zalando/go-keyring
-             internal/report           code  $p/internal/terminal
commands,report internal/report           code  github.com/spf13/cobra
report        internal/keylist          code  $p/internal/localtls
-             internal/poolserve        code  $p/internal/inspector
poolserve     internal/poolserve        code  $p/internal/terminalauth/account
commands,poolserve internal/poolserve        code  github.com/spf13/cobra
address       internal/address          code  $p/cognito
-             internal/keysource        code  $p/cognito/keyset
keysource     internal/keysource        code  $p/internal/terminal
inputlines    internal/inputlines       code  $p/internal/terminal
inputlines    internal/linequeue        code  $p/internal/terminal
-             internal/poolserve        code  $p/internal/linequeue
-             internal/terminalauth/selection code $p/internal/terminalauth/profile
-             internal/terminalauth/selection code $p/internal/terminal
selection     internal/terminalauth/selection code $p/internal/terminalauth/account
-             internal/terminalauth/browser code  $p/internal/terminalauth/callback
-             internal/terminalauth/wording code  $p/internal/explain
browser       internal/terminalauth/browser code  $p/internal/terminal
-             internal/terminalauth/wording code  $p/internal/terminalauth/browser
wording       internal/terminalauth/wording code  $p/internal/terminalauth/login
-             internal/terminalauth/login code  $p/internal/terminalauth/wording
login         internal/terminalauth/login code  $p/internal/poolserve
-             internal/exchange         code  $p/internal/report
exchange      internal/exchange         code  $p/internal/terminal
-             internal/tokencheck       code  $p/internal/report
-             internal/tokencheck       code  $p/internal/keysource
tokencheck    internal/tokencheck       code  $p/internal/terminal
-             internal/localtls         code  $p/internal/privatefile
localtls      internal/localtls         code  $p/internal/serve
serve         internal/serve            code  $p/cognito
serve         internal/serve            code  $p/internal/localtls
-             gateway/internal/config   code  $p/internal/yamlfile
deploy        deploy                    code  $p/gateway
gateway-config gateway/internal/config  code  $p/internal/serve
-             gateway                   code  $p/gateway/internal/authz
-             gateway/internal/cases    code  $p/gateway/internal/config
gateway-cases gateway/internal/cases    code  $p/gateway/internal/authz
gateway-keygen gateway/internal/keygen  code  $p/cognito
gateway-introspect gateway/internal/introspect code $p/gateway/internal/config
-             gateway/internal/ops      code  github.com/prometheus/client_golang/prometheus/promhttp
-             gateway/internal/ratelimit code $p/gateway/internal/authz
gateway-ratelimit gateway/internal/ratelimit code $p/gateway/internal/callers
-             gateway/internal/resources code $p/cognito/metadata
gateway-resources gateway/internal/resources code $p/gateway/internal/answer
-             gateway/internal/tracing  code  $p/cognito/observe/otelcognito
gateway-tracing gateway/internal/tracing code $p/gateway/internal/config
gateway-ops   gateway/internal/ops      code  $p/gateway/internal/config
tlsfiles      internal/tlsfiles         code  $p/internal/serve
-             internal/filewatch        code  github.com/fsnotify/fsnotify
filewatch     internal/filewatch        code  $p/internal/yamlfile
-             internal/terminal         code  golang.org/x/text/width
terminal      internal/terminal         code  $p/internal/privatefile
commands,terminal internal/terminal         code  github.com/spf13/cobra
yaml          cmd/poolguard             code  github.com/goccy/go-yaml
gateway,yaml gateway                   code  github.com/goccy/go-yaml
-             gateway/internal/authz    code  $p/cognito/alb
-             gateway/internal/authz    code  $p/gateway/internal/route
gateway-authz gateway/internal/authz    code  net/http
gateway-authz gateway/internal/authz    code  $p/cognito/bearer
gateway-authz gateway/internal/authz    code  $p/internal/yamlfile
-             gateway/internal/route    code  $p/gateway/internal/requestpath
gateway-route gateway/internal/route    code  $p/cognito
gateway-route gateway/internal/requestpath code $p/gateway/internal/authz
-             gateway/internal/forwardauth code $p/gateway/internal/authz
-             gateway/internal/answer   code  $p/cognito/bearer
gateway-adapters gateway/internal/forwardauth code $p/internal/yamlfile
gateway-adapters gateway/internal/identity code $p/cognito/alb
-             gateway/internal/extauthz code  google.golang.org/grpc/health
gateway-extauthz gateway/internal/extauthz code $p/cognito/grpcauth
gateway-adapters gateway/internal/forwardauth code google.golang.org/grpc
-             gateway/internal/inline   code  $p/gateway/internal/answer
gateway-inline gateway/internal/inline  code  $p/gateway/internal/forwardauth
-             gateway/caddy             code  github.com/caddyserver/caddy/v2/modules/caddyhttp
gateway-caddy gateway/caddy             code  $p/gateway/internal/authz
-             gateway/internal/snippets code  $p/gateway/internal/identity
gateway-snippets gateway/internal/snippets code $p/gateway/internal/authz
commands,gateway gateway                   code  github.com/spf13/cobra
commands      interop                   test  github.com/spf13/cobra
commands      interop                   test  github.com/spf13/pflag
commands,gateway gateway                   code  $p/cmd/poolguard
-             cmd/poolguard             code  github.com/spf13/cobra
-             cmd/poolguard             code  $p/userpool
-             cmd/poolguard             code  $p/cognito/bearer
-             interop                   test  $p/cognito
-             interop                   test  $p/userpool
-             interop                   test  github.com/golang-jwt/jwt/v5
cryptography  cmd/poolguard             code  golang.org/x/crypto/argon2
cryptography  cmd/poolguard             code  github.com/golang-jwt/jwt/v5
cryptography,gateway gateway                   code  github.com/dgrijalva/jwt-go
cryptography,gateway gateway                   code  github.com/go-jose/go-jose/v4
cryptography,gateway gateway                   code  github.com/square/go-jose
cryptography,gateway gateway                   code  gopkg.in/go-jose/go-jose.v2
cryptography,gateway gateway                   code  gopkg.in/square/go-jose.v2
cryptography,gateway gateway                   code  github.com/lestrrat-go/jwx/v3/jwt
cryptography,gateway gateway                   code  github.com/MicahParks/keyfunc/v3
cryptography,gateway gateway                   code  github.com/cristalhq/jwt/v5
cryptography,gateway gateway                   code  github.com/coreos/go-oidc/v3/oidc
-             bench                     code  github.com/golang-jwt/jwt/v5
-             bench/internal/peers      code  github.com/coreos/go-oidc/v3/oidc
-             examples/migrating/golangjwt code github.com/golang-jwt/jwt/v5
-             examples/migrating/golangjwt code github.com/MicahParks/keyfunc/v3
-             examples/migrating/gooidc code  github.com/coreos/go-oidc/v3/oidc
-             examples/nethttp          code  $p/cognito/bearer
-             examples/grpc             code  google.golang.org/grpc
cryptography  examples/nethttp          code  github.com/golang-jwt/jwt/v5
commands      examples/nethttp          code  github.com/spf13/cobra
testing       examples/nethttp          code  testing
commands      bench                     code  github.com/spf13/cobra
superseded    userpool                  code  math/rand
superseded    cognito/keyset            test  math/rand
-             userpool                  code  math/rand/v2
superseded    cmd/poolguard             code  io/ioutil
superseded    cmd/poolguard             code  github.com/pkg/errors
testing       userpool                  code  testing
testing       cmd/poolguard             code  net/http/httptest
testing       cmd/poolguard             code  $p/cognito/cognitotest
-             bench/verify              code  testing
-             bench/verify              code  net/http/httptest
-             bench/verify              code  $p/cognito/cognitotest
-             userpool                  test  testing
logging       userpool                  code  log
-             userpool                  code  log/slog
-             userpool                  test  log
CASES
}

number=0
refused=0
while read -r rules folder kind import; do
  number=$((number + 1))
  suffix=
  [ "$kind" = code ] || suffix=_test
  mkdir -p "$tree/$folder"
  package=$(basename "$folder")
  printf 'package %s\n\nimport _ "%s"\n' "$package" "$import" >"$tree/$folder/case$number$suffix.go"
  [ "$rules" != - ] || continue
  refused=$((refused + 1))
  for rule in ${rules//,/ }; do
    echo "$folder/case$number$suffix.go $import $rule" >>"$tree/want"
  done
done < <(cases)

# The modules have names of their own, so imports of the project are missing packages.
# That is enough, because the rules use the file and the import path only. Real packages
# would import each other in a cycle.
modules=(. bench cognito cognito/grpcauth cognito/observe examples userpool)
for module in "${modules[@]}"; do
  printf 'module selftest.invalid/%s\n\ngo 1.26.0\n' "$module" | sed 's,/\.$,,' >"$tree/$module/go.mod"
done
for module in "${modules[@]}"; do
  # The linter fails, as it must. Its output is compared below.
  (
    cd "$tree/$module"
    GOWORK=off GOFLAGS=-mod=mod GOPROXY=off "$tool" run --enable-only=depguard --path-mode=abs --show-stats=false \
      --output.text.print-issued-lines=false --output.text.colors=false ./...
  ) >>"$tree/out" 2>&1 </dev/null || true
done
sed -n "s,^$tree/\(.*\.go\):[0-9:]* import '\(.*\)' is not allowed from list '\([^']*\)'.*,\1 \2 \3,p" "$tree/out" |
  sort >"$tree/got"
sort -o "$tree/want" "$tree/want"

# Rules sit at one depth of indentation below "rules:" of depguard.
sed -n '/^    depguard:/,/^    [a-z]*:$/s/^        \([a-z-]*\):$/\1/p' .golangci.yml | sort >"$tree/rules"
cut -d ' ' -f 3 "$tree/want" | sort -u >"$tree/tested"

failed=0
if ! diff "$tree/want" "$tree/got"; then
  echo "lint-selftest: < must be rejected and was not, > was rejected and must not be" >&2
  failed=1
fi
if ! diff "$tree/rules" "$tree/tested"; then
  echo "lint-selftest: < is a rule without a line in the table, > is not a rule" >&2
  failed=1
fi
if [ "$failed" -ne 0 ]; then
  grep -v 'is not allowed from list' "$tree/out" >&2 || true
  exit 1
fi
echo "lint-selftest: $number imports, $refused rejected as they must be"
