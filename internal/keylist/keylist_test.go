package keylist

import "testing"

// The example of RFC 7638 §3.1.
func TestThumbprintIsThatOfRFC7638(t *testing.T) {
	members, err := Read([]byte(`{"keys":[{"kty":"RSA","n":"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw","e":"AQAB","alg":"RS256","kid":"2011-04-29"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	if got := thumbprint(members[0].Usable.Public()); got != "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs" {
		t.Errorf("got %s", got)
	}
}

// Names of members are compared by case, as the library does.
func TestMemberNamesAreCaseSensitive(t *testing.T) {
	members, err := Read([]byte(`{"KEYS":[],"keys":[{"kty":"EC","KTY":"RSA","Kid":"x"}],"Keys":1}`))
	if err != nil {
		t.Fatal(err)
	}
	if len(members) != 1 || members[0].Type != "EC" || members[0].ID != "" {
		t.Errorf("got %+v", members)
	}
}
