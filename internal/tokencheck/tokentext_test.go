package tokencheck

import "testing"

func TestTokensAreRecognized(t *testing.T) {
	for text, want := range map[string]bool{
		"eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln":                      true,
		"eyJhbGciOiJSUzI1NiJ9":                                           true,
		"ewogICJhbGciOiJSUzI1NiJ9.x.y":                                   true,
		"us-east-1_AbCdEfGhI":                                            false,
		"https://cognito-idp.us-east-1.amazonaws.com/us-east-1_Abc":      false,
		"issuer-cognito-idp.us-east-1.amazonaws.com":                     false,
		"1example23456789":                                               false,
		"6i0o6sela15jdctgeflkmj4gjo":                                     false,
		"framework-with-a-long-name.json":                                false,
		"5f7a2c9e-0b1d-4e38-9a66-3c1f0d8b7e24":                           false,
		"aaaaaaaaaaaaaaaaaaaaaaaaa.bbbbbbbbbbbbbbbbbbbbbbbbbbbbb.cccccc": true,
		"": false,
	} {
		if got := LooksLikeToken(text); got != want {
			t.Errorf("%q: got %v", text, got)
		}
	}
}

func TestTokensAreNotShown(t *testing.T) {
	const message = `open ./eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln: file name too long`
	if got := WithoutTokens(message); got != "open ./(not shown: it may be a token): file name too long" {
		t.Errorf("got %q", got)
	}
}
