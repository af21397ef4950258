package api

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
)

// TestEveryAction has each action take a request, and refuse one that says nothing.
func TestEveryAction(t *testing.T) {
	names := slices.Sorted(maps.Keys(newWorld(t).actions))
	if want := slices.Sorted(maps.Keys(goodCalls)); !slices.Equal(names, want) {
		t.Fatalf("actions are\n%q, with good calls for\n%q", names, want)
	}
	for _, action := range names {
		t.Run(action, func(t *testing.T) {
			w := newWorld(t)
			w.addRecords()
			_, err := w.try(action, fields{})
			if e := new(Error); !errors.As(err, &e) || e.Type != "InvalidParameterException" || e.Message == "" {
				t.Errorf("{}: %v", err)
			}
			w.call(action, goodCalls[action](w))
		})
	}
}

// foreign is an access token that claims to be of a pool with an absurd name.
func foreign() string {
	part := func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }
	return part(`{"kid":"k","alg":"RS256"}`) + "." + part(`{"iss":"http://pool.test/`+strings.Repeat("p", 40000)+`"}`) + ".AAAA"
}

// badValues are what nobody should send, as JSON.
func badValues() []string {
	deep := func(open, end string, n int) string { return strings.Repeat(open, n) + "1" + strings.Repeat(end, n) }
	values := []string{
		`null`, `""`, `" "`, `"\u0000"`, `"a\u0000b"`, `"\ud800"`, "\"\xff\xfe\"", `"\r\nX-Injected: 1"`, `"%s%d%!"`, `"'; --"`,
		`true`, `0`, `-1`, `1.5`, `1e400`, `9223372036854775807`, `99999999999999999999999999`, `-9223372036854775808`,
		`[]`, `[null]`, `[""]`, `["` + strings.Repeat("x", 40000) + `"]`, `{}`, `{"":""}`, `{"Enabled":1}`,
		`[` + strings.Repeat(`"x",`, 2000) + `"x"]`, deep("[", "]", 50), deep("[", "]", 9990), deep(`{"a":`, `}`, 50), deep(`{"a":`, `}`, 9990),
	}
	for _, s := range []string{strings.Repeat("x", 2049), strings.Repeat("x", 40000), strings.Repeat("é", 60000), foreign()} {
		b, err := json.Marshal(s)
		if err != nil {
			panic(err)
		}
		values = append(values, string(b))
	}
	return values
}

// variants are a request with one member after the other, on any level, replaced.
func variants(in any, value string) []any {
	var all []any
	switch in := in.(type) {
	case fields:
		for _, name := range slices.Sorted(maps.Keys(in)) {
			for _, v := range append(variants(in[name], value), json.RawMessage(value)) {
				out := maps.Clone(in)
				out[name] = v
				all = append(all, out)
			}
		}
	case []fields:
		for _, v := range variants(in[0], value) {
			all = append(all, []any{v})
		}
	}
	return all
}

// TestNoValueFails puts every bad value into every member of every action's request:
// none is the server's failure, and no answer has a header that clients cannot read.
func TestNoValueFails(t *testing.T) {
	values := badValues()
	if testing.Short() {
		values = values[:8]
	}
	for _, action := range slices.Sorted(maps.Keys(goodCalls)) {
		t.Run(action, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.addRecords()
			request := goodCalls[action](w)
			for _, value := range values {
				for _, variant := range variants(request, value) {
					w.wellAnswered(action, body(variant))
				}
				w.wellAnswered(action, value)
			}
			// What was taken has not spoilt the records.
			for _, look := range []string{"ListUserPools", "DescribeUserPool", "ListUserPoolClients", "ListUsers", "ListGroups", "ListResourceServers"} {
				w.wellAnswered(look, `{"UserPoolId":"`+testPoolID+`","MaxResults":50}`)
			}
		})
	}
}

// body is JSON; raw messages that are none stay as they are.
func body(in any) string {
	switch in := in.(type) {
	case json.RawMessage:
		return string(in)
	case fields:
		var parts []string
		for name, value := range in {
			parts = append(parts, fmt.Sprintf("%q:%s", name, body(value)))
		}
		return "{" + strings.Join(parts, ",") + "}"
	case []any:
		return "[" + body(in[0]) + "]"
	}
	b, err := json.Marshal(in)
	if err != nil {
		panic(err)
	}
	return string(b)
}

// wellAnswered sends a body and fails the test unless the answer is fit for clients.
func (w *world) wellAnswered(action, body string) {
	w.t.Helper()
	rec := w.post(action, body)
	short := body[:min(len(body), 300)]
	if rec.Code != http.StatusOK && rec.Code != http.StatusBadRequest {
		w.t.Errorf("%s answered %d %.200s to %s", action, rec.Code, rec.Body, short)
	}
	if rec.Body.Len() > 64<<10 && rec.Code != http.StatusOK || !json.Valid(rec.Body.Bytes()) {
		w.t.Errorf("%s answered %d bytes, %.200s, to %s", action, rec.Body.Len(), rec.Body, short)
	}
	for name, list := range rec.Header() {
		for _, value := range list {
			if len(value) > 1024 || strings.ContainsFunc(value, func(r rune) bool { return r < ' ' || r > '~' }) {
				w.t.Errorf("%s: %s is %.100q", action, name, value)
			}
		}
	}
}
