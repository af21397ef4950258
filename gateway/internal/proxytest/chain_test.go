package proxytest_test

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/poolguard/poolguard/cognito/cognitotest"
	"github.com/poolguard/poolguard/gateway/internal/snippets"
)

// forEachProxy runs a test in a chain with each proxy.
func forEachProxy(t *testing.T, test func(c *chain)) {
	t.Helper()
	for _, p := range proxies {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			p.program(t)
			g, s := startGateway(t), startService(t)
			var address string
			if p.serve != nil {
				address = p.serve(t, g, s.address)
			} else {
				address = p.listen(t, snippets.Options{
					Headers: g.headers, Gateway: g.address, Envoy: g.envoy, Service: s.address, Resources: true, ALB: true,
				})
			}
			test(&chain{t: t, address: address, gateway: g, service: s})
		})
	}
}

func TestServiceGetsAllowedRequests(t *testing.T) {
	forEachProxy(t, func(c *chain) {
		for _, target := range []string{"/orders/7?x=%2F&y=a;b", "/orders/", "/orders/a%20b", "/orders/.well-known/a.js", "/files/a%2Fb"} {
			r := c.send("GET", target, bearer(c.token()))
			if r.status != http.StatusOK || !strings.Contains(r.body, "from the service") {
				c.t.Fatalf("%s: got %d %s", target, r.status, r.body)
			}
			got := c.arrived()
			if got.Method != http.MethodGet || got.Target != target || got.Host != "api.example.com" {
				c.t.Errorf("the service got %s %s for %s, want %s", got.Method, got.Target, got.Host, target)
			}
			for name, want := range map[string]string{
				"X-Auth-Subject": "sub-1", "X-Auth-Username": "anaya", "X-Auth-Groups": "staff,R&D", "X-Auth-Scopes": "orders/read",
				"X-Auth-Client": c.issuer.Pool().ClientID(), "X-Auth-Token-Use": "access", "X-Auth-Email": "",
				"X-Auth-Request-User": "sub-1", "X-Forwarded-Groups": "staff,R&D", "X-Tenant": "",
			} {
				if value := got.Header.Get(name); value != want {
					c.t.Errorf("%s: got %q, want %q", name, value, want)
				}
			}
			if len(got.Header["Authorization"]) != 1 {
				c.t.Errorf("the service got Authorization %q", got.Header["Authorization"])
			}
		}
	})
}

func TestBodiesReachTheService(t *testing.T) {
	forEachProxy(t, func(c *chain) {
		c.send("POST", "/orders/", bearer(c.token()), "Content-Length: 0")
		if got := c.arrived(); got.Method != http.MethodPost {
			c.t.Errorf("got %+v", got)
		}
		head := "POST /orders/ HTTP/1.1\r\nHost: api.example.com\r\n" + bearer(c.token()) + "\r\n"
		c.raw("POST", head+"Content-Length: 5\r\n\r\nhello")
		if got := c.arrived(); got.Body != "hello" {
			c.t.Errorf("got %q", got.Body)
		}
		c.raw("POST", head+"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n")
		if got := c.arrived(); got.Body != "hello" {
			c.t.Errorf("chunked: got %q", got.Body)
		}
	})
}

func TestDenialsHaveTheCode(t *testing.T) {
	forEachProxy(t, func(c *chain) {
		for _, test := range []struct {
			name, target, authorization string
			status                      int
			code, challenge             string
		}{
			{"no token", "/orders/7", "", 401, "token_missing", `Bearer realm="cognito"`},
			{"another scheme", "/orders/7", "Basic dTpw", 401, "token_missing", `Bearer realm="cognito"`},
			{"expired", "/orders/7", "Bearer " + c.token(cognitotest.Expired()), 401, "token_expired", `error="invalid_token"`},
			{"forged", "/orders/7", "bearer " + c.token(cognitotest.TamperedSignature()), 401, "signature_invalid", `error="invalid_token"`},
			{"no scope", "/orders/7", "Bearer " + c.token(cognitotest.Scopes("openid")), 403, "scope_missing", `error="insufficient_scope"`},
			{"the scope to get", "/orders/7", "Bearer " + c.token(cognitotest.Scopes("openid")), 403, "scope_missing", `scope="orders/read"`},
			{"no group", "/admin/users", "Bearer " + c.token(), 403, "group_missing", `error="insufficient_scope"`},
			{"no rule", "/other", "Bearer " + c.token(), 403, "access_denied", ""},
			{"keys away", "/orders/7", "Bearer " + c.away.AccessToken(), 503, "keys_unavailable", ""},
		} {
			var lines []string
			if test.authorization != "" {
				lines = append(lines, "Authorization: "+test.authorization)
			}
			r := c.send("GET", test.target, lines...)
			if got := c.service.take(); len(got) > 0 {
				c.t.Errorf("%s: the service got %+v", test.name, got)
			}
			if test.status == 503 && strings.HasSuffix(c.t.Name(), "/envoy-http") {
				test.status = 429 // Envoy takes 503 for a failed check
			}
			if r.status != test.status || r.header.Get("X-Auth-Error") != test.code || !strings.Contains(r.body, `{"error":{"code":"`+test.code+`"`) {
				c.t.Errorf("%s: got %d %v %s", test.name, r.status, r.header, r.body)
			}
			if !strings.Contains(r.header.Get("WWW-Authenticate"), test.challenge) || len(r.header["Www-Authenticate"]) > 1 {
				c.t.Errorf("%s: the challenge is %q", test.name, r.header["Www-Authenticate"])
			}
			if retry := r.header.Get("Retry-After"); (retry != "") != (test.code == "keys_unavailable") {
				c.t.Errorf("%s: Retry-After is %q", test.name, retry)
			}
			if !strings.Contains(r.header.Get("Cache-Control"), "no-store") || r.header.Get("Content-Type") != "application/json" {
				c.t.Errorf("%s: got %v", test.name, r.header)
			}
			if name := identityIn(c, r.header); name != "" {
				c.t.Errorf("%s: the denial has %s", test.name, name)
			}
		}
	})
}

func identityIn(c *chain, header http.Header) string {
	for name := range header {
		if name != "X-Auth-Error" && c.headers.IsSpelling(name) {
			return name
		}
	}
	return ""
}

func TestPagesOfAnotherOriginReadDenials(t *testing.T) {
	forEachProxy(t, func(c *chain) {
		for name, token := range map[string]string{
			"401": "", "403": c.token(cognitotest.Scopes("openid")), "503": c.away.AccessToken(),
		} {
			lines := []string{"Origin: https://app.example.com"}
			if token != "" {
				lines = append(lines, bearer(token))
			}
			r := c.send("GET", "/orders/7", lines...)
			if name == "503" && strings.HasSuffix(c.t.Name(), "/envoy-http") {
				name = "429"
			}
			if fmt.Sprint(r.status) != name || r.header.Get("Access-Control-Allow-Origin") != "https://app.example.com" ||
				!strings.Contains(r.header.Get("Vary"), "Origin") {
				c.t.Errorf("%s: got %d %v", name, r.status, r.header)
			}
		}
		r := c.send("GET", "/orders/7", "Origin: https://evil.example.com")
		if got, ok := r.header["Access-Control-Allow-Origin"]; ok {
			c.t.Errorf("a page of another origin: got %q", got)
		}
	})
}

func TestPreflightsReachTheServiceWhereTheRuleSaysSo(t *testing.T) {
	forEachProxy(t, func(c *chain) {
		lines := []string{"Origin: https://app.example.com", "Access-Control-Request-Method: PUT", "X-Auth-Subject: admin"}
		if r := c.send("OPTIONS", "/cors/a", lines...); r.status != http.StatusOK {
			c.t.Errorf("got %d %s", r.status, r.body)
		}
		if got := c.arrived(); got.Method != http.MethodOptions || got.Header.Get("X-Auth-Subject") != "" {
			c.t.Errorf("the service got %+v", got)
		}
		c.wantDenied("another rule", c.send("OPTIONS", "/admin/a", lines...))
	})
}

func TestGatewayThatIsAwayDeniesAll(t *testing.T) {
	forEachProxy(t, func(c *chain) {
		if strings.HasSuffix(c.t.Name(), "/inline") {
			c.t.Skip("there is no gateway that could be away")
		}
		c.stop()
		for _, target := range []string{"/healthz", "/orders/7"} {
			r := c.send("GET", target, bearer(c.token()))
			if got := c.service.take(); len(got) > 0 || r.status != 502 && r.status != 503 && r.status != 500 {
				c.t.Errorf("%s: got %d, the service got %+v", target, r.status, got)
			}
		}
	})
}

func TestWebSocketsPass(t *testing.T) {
	forEachProxy(t, func(c *chain) {
		lines := []string{"Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="}
		c.wantDenied("without a token", c.send("GET", "/stream/socket", lines...))

		connection, err := net.Dial("tcp", c.address)
		if err != nil {
			c.t.Fatal(err)
		}
		defer connection.Close()
		_ = connection.SetDeadline(time.Now().Add(30 * time.Second))
		fmt.Fprintf(connection, "GET /stream/socket HTTP/1.1\r\nHost: api.example.com\r\n%s\r\n\r\n", strings.Join(append(lines, bearer(c.token())), "\r\n"))
		reader := bufio.NewReader(connection)
		response, err := http.ReadResponse(reader, nil)
		if err != nil {
			c.t.Fatal(err)
		}
		response.Body.Close()
		if response.StatusCode != http.StatusSwitchingProtocols || response.Header.Get("Sec-WebSocket-Accept") != "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" {
			c.t.Fatalf("got %d %v", response.StatusCode, response.Header)
		}
		fmt.Fprint(connection, "hello\n")
		if line, err := reader.ReadString('\n'); line != "echo hello\n" {
			c.t.Errorf("got %q, %v", line, err)
		}
		if got := c.arrived(); got.Header.Get("X-Auth-Subject") != "sub-1" {
			c.t.Errorf("the service got %v", got.Header)
		}
	})
}

func TestEventsAreNotHeldBack(t *testing.T) {
	forEachProxy(t, func(c *chain) {
		r, err := http.NewRequestWithContext(c.t.Context(), http.MethodGet, "http://"+c.address+"/stream/events", http.NoBody)
		if err != nil {
			c.t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+c.token())
		r.Header.Set("Accept", "text/event-stream")
		response, err := http.DefaultClient.Do(r)
		if err != nil {
			c.t.Fatal(err)
		}
		defer response.Body.Close()
		events := bufio.NewReader(response.Body)
		var got []string
		for range 2 {
			line, err := events.ReadString('\n')
			if err != nil {
				c.t.Fatal(err)
			}
			_, _ = events.ReadString('\n')
			got = append(got, line)
			if len(got) == 1 {
				close(c.service.proceed) // the first event came although the second did not exist
			}
		}
		if diff := cmp.Diff([]string{"data: one\n", "data: two\n"}, got); diff != "" {
			c.t.Error(diff)
		}
	})
}

// The first line of a snippet says whether tests run it, and with which version.
func TestFirstLinesSayWhatRan(t *testing.T) {
	ran := map[string]string{}
	for _, p := range proxies {
		for _, name := range p.snippets {
			ran[name] = p.variable
		}
	}
	for _, name := range snippets.Names() {
		first, _, _ := strings.Cut(render(t, name, snippets.Options{}), "\n")
		variable, runs := ran[name]
		want := "Not run by our tests"
		if runs && variable == "" {
			want = "Tested with "
		} else if runs {
			want += " unless the variable " + variable + " names a program"
		}
		if !strings.HasPrefix(strings.TrimLeft(first, "#- "), want) || !runs && strings.Contains(first, "unless") {
			t.Errorf("%s begins with %q, want %q", name, first, want)
		}
	}
	for _, p := range proxies {
		if p.serve != nil {
			continue
		}
		t.Run(p.name, func(t *testing.T) {
			version := p.runs(t)
			for _, name := range p.snippets {
				first, _, _ := strings.Cut(render(t, name, snippets.Options{}), "\n")
				if p.variable == "" && !slices.Contains(strings.Fields(first), version+".") {
					t.Errorf("the tests ran %s %s, and the snippet %s says %q", p.name, version, name, first)
				}
			}
		})
	}
}
