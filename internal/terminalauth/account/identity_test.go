package account_test

import (
	"testing"

	"github.com/poolguard/poolguard/internal/terminalauth/account"
)

func TestIdentitiesAreNamed(t *testing.T) {
	for want, who := range map[string]account.Identity{
		"anaya (anaya@example.com)": {Username: "anaya", Email: "anaya@example.com"},
		"anaya@example.com":         {Username: "anaya@example.com", Email: "anaya@example.com"},
		"anaya":                     {Username: "anaya"},
		"the machine robot":         {Machine: true, ClientID: "robot", Username: "x"},
	} {
		if got := who.Name(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
