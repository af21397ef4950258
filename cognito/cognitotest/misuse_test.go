package cognitotest_test

import (
	"context"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/alb"
	"github.com/poolguard/poolguard/cognito/cognitotest"
)

// TestZeroIssuerIsOneOfNewIssuer, whatever is called first.
func TestZeroIssuerIsOneOfNewIssuer(t *testing.T) {
	for name, first := range map[string]func(*cognitotest.Issuer){
		"Pool":       func(i *cognitotest.Issuer) { i.Pool() },
		"AddPool":    func(i *cognitotest.Issuer) { i.AddPool("eu-west-1_Other0001") },
		"Clock":      func(i *cognitotest.Issuer) { i.Clock().Advance(time.Hour) },
		"Config":     func(i *cognitotest.Issuer) { i.Config() },
		"SetAddress": func(i *cognitotest.Issuer) { i.SetAddress("") },
		"Client": func(i *cognitotest.Issuer) {
			request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://example.com/"+cognitotest.PoolID+"/.well-known/jwks.json", nil)
			if err != nil {
				t.Fatal(err)
			}
			response, err := i.Client().Do(request)
			if err != nil {
				t.Fatal(err)
			}
			defer response.Body.Close()
			if response.StatusCode != http.StatusOK {
				t.Errorf("the key set has status %d", response.StatusCode)
			}
		},
	} {
		var issuer cognitotest.Issuer
		first(&issuer)
		verifier, err := cognito.New(issuer.Config())
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if issuer.Pool().ID() != cognitotest.PoolID || issuer.Pool().ClientID() != cognitotest.ClientID {
			t.Errorf("%s: the first pool is %s", name, issuer.Pool().ID())
		}
		if got := verify(t, verifier, issuer.Pool().AccessToken()); got != "" {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// TestNilOptionsChangeNothing: neither a nil option nor a nil argument.
func TestNilOptionsChangeNothing(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	verifier, err := cognito.New(issuer.Config())
	if err != nil {
		t.Fatal(err)
	}
	for name, option := range map[string]cognitotest.TokenOption{
		"nil": nil, "SignedBy": cognitotest.SignedBy(nil), "SignedWith": cognitotest.SignedWith(nil), "EncodedBy": cognitotest.EncodedBy(nil),
		"WithoutClaim": cognitotest.WithoutClaim(), "WithoutHeader": cognitotest.WithoutHeader(),
	} {
		if got := verify(t, verifier, issuer.Pool().AccessToken(option, nil)); got != "" {
			t.Errorf("%s: %q", name, got)
		}
	}
	for _, raw := range []string{issuer.Pool().IDToken(nil), issuer.Pool().MachineToken(nil)} {
		if _, err := verifier.VerifyEither(t.Context(), raw); err != nil {
			t.Error(err)
		}
	}
	issuer.Pool().ServeKeySet(nil)
	issuer.Pool().SetJWKS(nil)
}

// zeros has the zero value of each exported type.
var zeros = map[string]func() any{
	"Clock":          func() any { return new(cognitotest.Clock) },
	"Issuer":         func() any { return new(cognitotest.Issuer) },
	"Key":            func() any { return new(cognitotest.Key) },
	"LoadBalancer":   func() any { return new(cognitotest.LoadBalancer) },
	"Pool":           func() any { return new(cognitotest.Pool) },
	"Signer":         func() any { return new(cognitotest.Signer) },
	"TokenOption":    func() any { return new(cognitotest.TokenOption) }, // see TestNilOptionsChangeNothing
	"VerifiedAccess": func() any { return new(cognitotest.VerifiedAccess) },
}

// TestZeroValuesDoNotPanic: no method of an exported type does, with arguments or without.
func TestZeroValuesDoNotPanic(t *testing.T) {
	if want, got := exportedTypes(t), slices.Sorted(maps.Keys(zeros)); !slices.Equal(got, want) {
		t.Fatalf("the test has %q, the package has %q", got, want)
	}
	for name, zero := range zeros {
		value := zero()
		for n := range reflect.ValueOf(value).NumMethod() {
			method := reflect.TypeOf(value).Method(n).Name
			for _, v := range []any{zero(), value} { // alone, and after the others
				for _, arguments := range []map[reflect.Type]any{{}, {
					reflect.TypeFor[*http.Request](): httptest.NewRequest(http.MethodGet, "/", nil),
					reflect.TypeFor[time.Duration](): time.Second,
					reflect.TypeFor[func()]():        func() {},
					reflect.TypeFor[int]():           http.StatusBadGateway,
					reflect.TypeFor[string]():        "us-east-1_Other0001",
				}} {
					if fault := call(t, reflect.ValueOf(v).MethodByName(method), arguments); fault != nil {
						t.Errorf("the zero %s panics in %s: %v", name, method, fault)
					}
				}
			}
		}
	}
}

// call calls method with these arguments by their types, and zero values of the others. It
// returns the value of a panic.
func call(t *testing.T, method reflect.Value, arguments map[reflect.Type]any) (fault any) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	cancel() // no method may wait
	defer func() { fault = recover() }()
	var in []reflect.Value
	for n := range method.Type().NumIn() {
		kind := method.Type().In(n)
		switch argument, ok := arguments[kind]; {
		case method.Type().IsVariadic() && n == method.Type().NumIn()-1:
		case kind == reflect.TypeFor[context.Context]():
			in = append(in, reflect.ValueOf(ctx))
		case ok:
			in = append(in, reflect.ValueOf(argument))
		default:
			in = append(in, reflect.Zero(kind))
		}
	}
	method.Call(in)
	return nil
}

// exportedTypes returns the names of the package's types, in their order.
func exportedTypes(t *testing.T) (names []string) {
	t.Helper()
	files, err := fs.Glob(os.DirFS("."), "*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		if file.Name.Name != "cognitotest" {
			continue
		}
		ast.Inspect(file, func(node ast.Node) bool {
			if spec, ok := node.(*ast.TypeSpec); ok && spec.Name.IsExported() {
				names = append(names, spec.Name.Name)
			}
			return true
		})
	}
	slices.Sort(names)
	return names
}

// TestZeroValuesSayWhatTheyAre: in the results that a test checks anyway.
func TestZeroValuesSayWhatTheyAre(t *testing.T) {
	const pool, signer = "cognitotest: the zero Pool has no issuer", "cognitotest: a zero Signer, LoadBalancer or VerifiedAccess signs nothing"
	var p cognitotest.Pool
	request := httptest.NewRequest(http.MethodGet, "/", nil)
	p.LoadBalancer("web").SignIn(request)
	p.VerifiedAccess("web").SignIn(request)
	for got, want := range map[string]string{
		p.AccessToken(cognitotest.Groups("staff")): pool,
		p.IDToken():                                       pool,
		p.MachineToken():                                  pool,
		new(cognitotest.LoadBalancer).Data():              signer,
		new(cognitotest.VerifiedAccess).UserContext():     signer,
		request.Header.Get("X-Amzn-Oidc-Data"):            signer,
		request.Header.Get("X-Amzn-Oidc-Accesstoken"):     pool,
		request.Header.Get("X-Amzn-Ava-User-Context"):     signer,
		request.Header.Get("X-Amzn-Oidc-Identity") + pool: pool,
		p.LoadBalancer("web").ARN() + p.ID() + p.ClientID() + p.AccessKey().ID() + p.IDKey().ID() + signer: signer,
	} {
		if !strings.HasPrefix(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	if _, err := alb.New(p.LoadBalancer("web").Config()); err == nil {
		t.Error("the configuration of a zero LoadBalancer is valid")
	}
	if _, err := alb.NewVerifiedAccess(new(cognitotest.VerifiedAccess).Config()); err == nil {
		t.Error("the configuration of a zero VerifiedAccess is valid")
	}
	p.RotateKeys()
	if got := string(p.JWKS()); got != `{"keys":[]}` {
		t.Errorf("the zero Pool publishes %s", got)
	}
}

// TestZeroClockIsOneOfAnIssuer: it starts with the current time and runs timers.
func TestZeroClockIsOneOfAnIssuer(t *testing.T) {
	var clock cognitotest.Clock
	start := clock.Now()
	if start.IsZero() {
		t.Error("the zero Clock has no time")
	}
	ran := false
	clock.AfterFunc(time.Hour, func() { ran = true })
	clock.AfterFunc(time.Hour, nil)
	clock.AfterFunc(0, nil)
	clock.Advance(time.Hour)
	if !ran || !clock.Now().Equal(start.Add(time.Hour)) {
		t.Errorf("the timer ran: %t, at %v", ran, clock.Now())
	}
}

// TestSignInMakesTheHeader of a request that has none yet.
func TestSignInMakesTheHeader(t *testing.T) {
	pool := cognitotest.NewIssuer().Pool()
	var request http.Request
	pool.LoadBalancer("web").SignIn(&request)
	if request.Header.Get("X-Amzn-Oidc-Identity") != cognitotest.Subject {
		t.Errorf("got %v", request.Header)
	}
	request.Header = nil
	pool.VerifiedAccess("web").SignIn(&request)
	if request.Header.Get("X-Amzn-Ava-User-Context") == "" {
		t.Errorf("got %v", request.Header)
	}
	pool.LoadBalancer("web").SignIn(nil)
	pool.VerifiedAccess("web").SignIn(nil)
}

// A panicker has a method that panics while it is written as JSON.
type panicker struct{}

func (panicker) MarshalJSON() ([]byte, error) { panic("no value") }

// TestPanicOfAClaimIsInTheResult, as every other fault of a claim is.
func TestPanicOfAClaimIsInTheResult(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	want := `cognitotest: the value of "x" cannot be written as JSON: writing a cognitotest_test.panicker panicked: no value`
	for _, got := range []string{
		issuer.Pool().AccessToken(cognitotest.Claim("x", panicker{})),
		issuer.Pool().IDToken(cognitotest.Header("x", panicker{})),
		issuer.Pool().LoadBalancer("web").Data(cognitotest.Claim("x", panicker{})),
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// TestStatusThatIsNoneBreaksTheConnection, in process and over a socket.
func TestStatusThatIsNoneBreaksTheConnection(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	pool := issuer.Pool()
	balancer := pool.LoadBalancer("web")
	server := httptest.NewServer(issuer.Handler())
	defer server.Close()
	for _, path := range []string{"/" + pool.ID() + "/.well-known/jwks.json", "/keys/" + balancer.KeyID()} {
		for name, client := range map[string]*http.Client{"in process": issuer.Client(), "socket": server.Client()} {
			for status, want := range map[int]int{-1: 0, 1: 0, 99: 0, 101: 0, 103: 0, 199: 0, 1000: 0, 200: 200, 502: 502, 999: 999} {
				pool.FailKeySet(status)
				balancer.FailKeys(status)
				if got := statusOf(t, client, server.URL+path); got != want {
					t.Errorf("%s: %d at %s: got %d, want %d", name, status, path, got, want)
				}
			}
		}
	}
}

// statusOf returns the status of an answer, 0 if none comes.
func statusOf(t *testing.T, client *http.Client, address string) int {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := client.Do(request)
	if err != nil {
		return 0
	}
	defer response.Body.Close()
	return response.StatusCode
}
