package users

import (
	"errors"
	"testing"

	"github.com/poolguard/poolguard/userpool/internal/directory"
)

func FuzzParseFilter(f *testing.F) {
	for _, seed := range []string{
		``, `name = "x"`, `name ^= "x"`, `email="a\"b\\"`, `cognito:user_status = "CONFIRMED"`, `name = "x`, `custom:a = "b"`, "name\t=\"\xff\"", `sub = "\`,
	} {
		f.Add(seed)
	}
	u := directory.User{Username: "bo", Attributes: map[string]string{"name": "x"}}
	f.Fuzz(func(t *testing.T, text string) {
		filter, err := ParseFilter(text)
		if err != nil {
			if refused := new(Error); !errors.As(err, &refused) || refused.Code != CodeInvalidParameter {
				t.Fatalf("%q: %v", text, err)
			}
			return
		}
		again, err := ParseFilter(filter.String())
		if err != nil || again != filter {
			t.Fatalf("%q is %+v, and as %q %+v (%v)", text, filter, filter.String(), again, err)
		}
		filter.Picks(u)
	})
}
