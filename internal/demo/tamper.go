package demo

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
)

// withOtherName changes the last letter of the username in the payload of an access
// token. The signature stays as it was.
func withOtherName(token, name string) (string, error) {
	parts := strings.Split(token, ".")
	if name == "" || len(parts) != 3 {
		return "", errors.New("the access token has no username")
	}
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return "", fmt.Errorf("the payload of the access token: %w", err)
	}
	member := func(name string) []byte { return []byte(`"username":"` + name + `"`) }
	changed := bytes.Replace(payload, member(name), member(otherName(name)), 1)
	if bytes.Equal(changed, payload) {
		return "", errors.New("the payload of the access token does not contain the username as expected")
	}
	parts[1] = base64.RawURLEncoding.EncodeToString(changed)
	return strings.Join(parts, "."), nil
}

// otherName is name with another last letter.
func otherName(name string) string {
	if strings.HasSuffix(name, "e") {
		return name[:len(name)-1] + "a"
	}
	return name[:len(name)-1] + "e"
}
