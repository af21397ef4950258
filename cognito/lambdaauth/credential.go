package lambdaauth

import (
	"crypto/tls"
	"maps"
	"net/http"
	"net/url"
	"strings"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/bearer"
	"github.com/poolguard/poolguard/cognito/internal/credential"
)

// A message has the parts of a request in which a token may be. Some events have headers
// and query parameters twice: with the last value of each name, and with all values.
type message struct {
	headers    map[string]string
	allHeaders map[string][]string
	query      map[string]string
	allQuery   map[string][]string
	rawQuery   string

	method    string   // "" if the event has only the Authorization header
	cookies   []string // of an event that has cookies beside the headers
	webSocket bool
}

const (
	authorization = "Authorization"
	cookie        = "Cookie"
	subprotocols  = "Sec-Websocket-Protocol" // as net/http writes it
	accessToken   = "access_token"           // of RFC 6750 §2.3, which is refused
)

// credential returns the token of the message in one of the places, by the rules of package
// bearer.
func (m message) credential(places *credential.Sources) (string, error) {
	r, err := m.request(places)
	if err != nil {
		return "", err
	}
	found, err := places.Find(r, credential.Subprotocols(r.Header))
	return found.Token, err
}

// request returns the parts of the message that the places need, as net/http reads them.
func (m message) request(places *credential.Sources) (*http.Request, error) {
	r := &http.Request{
		Method: m.method, ProtoMajor: 1, Header: http.Header{}, URL: &url.URL{RawQuery: m.queryText()},
		TLS: &tls.ConnectionState{}, // API Gateway accepts nothing else
	}
	names := []string{authorization}
	if m.webSocket {
		r.Method = http.MethodGet
		r.Header["Connection"], r.Header["Upgrade"] = []string{"Upgrade"}, []string{"websocket"}
		if places.WebSocketSubprotocol != "" {
			names = append(names, subprotocols)
		}
	}
	if places.Cookie != "" && r.Method != "" {
		// The last two are signs of a handshake: the integration may accept one, so a page of another
		// site must not send it with the cookie.
		names = append(names, cookie, "Origin", "Sec-Fetch-Site", "Sec-Fetch-Mode", "Sec-Fetch-Dest", "Host",
			"Sec-Websocket-Key", "Sec-Websocket-Version")
		if !m.webSocket {
			names = append(names, "Upgrade")
		}
	}
	for _, name := range names {
		values, err := merge(m.headers, m.allHeaders, func(other string) bool { return strings.EqualFold(other, name) })
		switch {
		case err != nil:
			return nil, err
		case len(values) > 0:
			r.Header[name] = values
		}
	}
	if len(m.cookies) > 0 {
		r.Header[cookie] = m.cookies
	}
	if hosts := r.Header["Host"]; len(hosts) == 1 {
		r.Host = hosts[0]
	}
	return r, nil
}

// credentialOr returns the token in the named query parameter, or the credential of the
// message. A request with both is refused.
func (m message) credentialOr(parameter string, places *credential.Sources) (string, error) {
	if parameter == "" {
		return m.credential(places)
	}
	values, err := merge(m.query, m.allQuery, func(name string) bool { return name == parameter })
	if err != nil {
		return "", err
	}
	if len(values) == 0 {
		return m.credential(places)
	}
	others := m
	others.query, others.allQuery = maps.Clone(m.query), maps.Clone(m.allQuery)
	delete(others.query, parameter)
	delete(others.allQuery, parameter)
	_, err = others.credential(places)
	_, last := others.query[accessToken]
	_, all := others.allQuery[accessToken]
	switch {
	case last || all || cognito.CodeOf(err) != cognito.ErrTokenMissing:
		return "", cognito.NewError(cognito.ErrRequestInvalid, "the request brings a token in more than one way")
	case len(values) > 1:
		return "", cognito.NewError(cognito.ErrRequestInvalid, "the query has more than one token")
	}
	// The value must be exactly one token by the grammar of the header.
	token, err := bearer.Credential(&http.Request{Header: http.Header{authorization: {"Bearer " + values[0]}}})
	if err != nil || token != values[0] {
		return "", cognito.NewError(cognito.ErrRequestInvalid, "the query parameter for the token has a malformed token")
	}
	return token, nil
}

// merge returns the values of a name in the two forms that an event has. They must agree for each
// spelling of the name, since other readers may use the other form.
func merge(last map[string]string, all map[string][]string, is func(name string) bool) (values []string, err error) {
	differ := false
	for name, list := range all {
		if is(name) {
			values = append(values, list...)
			differ = differ || last != nil && !endsWith(list, last, name)
		}
	}
	for name, value := range last {
		switch {
		case !is(name):
		case all == nil:
			values = append(values, value)
		case !endsWith(all[name], last, name):
			differ = true
		}
	}
	if differ {
		return nil, cognito.NewError(cognito.ErrRequestInvalid, "the two forms of the event have different tokens")
	}
	return values, nil
}

// endsWith reports whether the last value of a list is the one of the other form, or neither form has a
// value.
func endsWith(list []string, last map[string]string, name string) bool {
	value, ok := last[name]
	if len(list) == 0 {
		return !ok
	}
	return ok && list[len(list)-1] == value
}

// queryText returns the names in the query. By them, package bearer sees a token in the
// query.
func (m message) queryText() string {
	names := []string{m.rawQuery}
	for name := range m.query {
		names = append(names, url.QueryEscape(name))
	}
	for name := range m.allQuery {
		names = append(names, url.QueryEscape(name))
	}
	return strings.Join(names, "&")
}
