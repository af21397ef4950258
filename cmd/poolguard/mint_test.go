package main

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/poolguard/poolguard/cognito/cognitotest"
)

// mint makes a token, puts it into the variable NAME and the file NAME.jwt:
//
//	mint NAME access|id|machine|refresh [change...]
//
// A change is one of the words and name=value pairs in mintOption.
func mint(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: mint name kind [change...]")
	}
	pool := issuerOf(ts).Pool()
	var options []cognitotest.TokenOption
	if args[1] == "access" || args[1] == "id" {
		options = append(options, cognitotest.Claim("origin_jti", "origin-1"), cognitotest.Claim("event_id", "event-1"))
	}
	// What is random in a token would be in the way of comparing bytes.
	options = append(options, cognitotest.Claim("jti", "jti-1"))
	for _, change := range args[2:] {
		options = append(options, mintOption(ts, change))
	}
	token := ""
	switch args[1] {
	case "access":
		token = pool.AccessToken(options...)
	case "id":
		token = pool.IDToken(options...)
	case "machine":
		token = pool.MachineToken(options...)
	case "refresh":
		token = pool.RefreshToken()
	default:
		ts.Fatalf("there is no kind %q", args[1])
	}
	ts.Setenv(args[0], token)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]+".jwt"), []byte(token+"\n"), 0o600))
}

func mintOption(ts *testscript.TestScript, change string) cognitotest.TokenOption {
	name, value, _ := strings.Cut(change, "=")
	switch name {
	case "tampered":
		return cognitotest.TamperedPayload()
	case "wrong-key":
		return cognitotest.WrongKey()
	case "unknown-key":
		return cognitotest.UnknownKey()
	case "expires-in":
		d, err := time.ParseDuration(value)
		ts.Check(err)
		return cognitotest.ExpiresIn(d)
	case "not-before":
		d, err := time.ParseDuration(value)
		ts.Check(err)
		return cognitotest.Claim("nbf", scriptTime.Add(d).Unix())
	case "alg":
		return cognitotest.Algorithm(value)
	case "client":
		return cognitotest.ForClient(value)
	case "groups":
		return cognitotest.Groups(slices.DeleteFunc(strings.Split(value, "|"), func(s string) bool { return s == "" })...)
	case "scopes":
		return cognitotest.Claim("scope", value)
	case "audience":
		return cognitotest.Audience(strings.Split(value, "|")...)
	case "nonce":
		return cognitotest.Nonce(value)
	case "iss":
		return cognitotest.Claim("iss", value)
	case "without":
		return cognitotest.WithoutClaim(value)
	case "payload":
		return cognitotest.RawPayload(value)
	case "claim", "header":
		name, text, found := strings.Cut(value, "=")
		if !found {
			ts.Fatalf("%s needs name=json", change)
		}
		if change[0] == 'h' {
			return cognitotest.Header(name, json.RawMessage(text))
		}
		return cognitotest.Claim(name, json.RawMessage(text))
	}
	ts.Fatalf("there is no change %q", change)
	return nil
}
