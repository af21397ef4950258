package lambdaauth

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/bearer"
)

// A message has the parts of a request in which a token may be. Some events have headers
// and query parameters twice: with the last value of each name, and with all values.
type message struct {
	headers    map[string]string
	allHeaders map[string][]string
	query      map[string]string
	allQuery   map[string][]string
	rawQuery   string
}

const (
	authorization = "Authorization"
	accessToken   = "access_token" // of RFC 6750 §2.3, which is refused
)

// credential returns the bearer token of the message by the rules of package bearer.
func (m message) credential() (string, error) {
	values, err := merge(m.headers, m.allHeaders, func(name string) bool { return strings.EqualFold(name, authorization) })
	if err != nil {
		return "", err
	}
	return bearer.Credential(&http.Request{
		Header: http.Header{authorization: values},
		URL:    &url.URL{RawQuery: m.queryText()},
	})
}

// credentialOr returns the token in the named query parameter, or the credential of the
// message. A request with both is refused.
func (m message) credentialOr(parameter string) (string, error) {
	if parameter == "" {
		return m.credential()
	}
	values, err := merge(m.query, m.allQuery, func(name string) bool { return name == parameter })
	if err != nil {
		return "", err
	}
	if len(values) == 0 {
		return m.credential()
	}
	others := m
	others.query, others.allQuery = without(m.query, parameter), without(m.allQuery, parameter)
	_, err = others.credential()
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

// merge returns the values of a name in the two forms that an event has. They must be
// equal, since other readers may use the other form.
func merge(last map[string]string, all map[string][]string, is func(name string) bool) (values []string, err error) {
	var lasts []string
	for name, value := range last {
		if is(name) {
			lasts = append(lasts, value)
		}
	}
	for name, list := range all {
		if is(name) {
			values = append(values, list...)
		}
	}
	switch {
	case all == nil:
		return lasts, nil
	case last == nil:
		return values, nil
	case len(values) > 1 || len(lasts) > 1:
		return slices.Concat(values, lasts), nil // too many in any case
	case !slices.Equal(values, lasts):
		return nil, cognito.NewError(cognito.ErrRequestInvalid, "the two forms of the event have different tokens")
	}
	return values, nil
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

func without[V any](m map[string]V, name string) map[string]V {
	if m == nil {
		return nil
	}
	rest := make(map[string]V, len(m))
	for key, value := range m {
		if key != name {
			rest[key] = value
		}
	}
	return rest
}
