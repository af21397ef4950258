package directory_test

import (
	"testing"

	"github.com/poolguard/poolguard/userpool/internal/directory"
)

// The flow names of before 2019 add to SRP and refresh. Those of today list all flows.
func TestAllowsAuth(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		flows    []string
		rotation bool
		allowed  string
	}{
		{nil, false, ""},
		{[]string{"ADMIN_NO_SRP_AUTH"}, false, "USER_SRP_AUTH REFRESH_TOKEN_AUTH ADMIN_USER_PASSWORD_AUTH "},
		{[]string{"USER_PASSWORD_AUTH"}, false, "USER_SRP_AUTH REFRESH_TOKEN_AUTH USER_PASSWORD_AUTH "},
		{[]string{"CUSTOM_AUTH_FLOW_ONLY"}, false, "USER_SRP_AUTH REFRESH_TOKEN_AUTH CUSTOM_AUTH "},
		{[]string{"USER_PASSWORD_AUTH"}, true, "USER_SRP_AUTH USER_PASSWORD_AUTH "},
		{[]string{"ALLOW_USER_PASSWORD_AUTH"}, false, "USER_PASSWORD_AUTH "},
		{[]string{"ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_CUSTOM_AUTH"}, false, "REFRESH_TOKEN_AUTH CUSTOM_AUTH "},
	} {
		c := directory.Client{AuthFlows: test.flows, Rotation: test.rotation}
		allowed := ""
		for _, flow := range []string{"USER_SRP_AUTH", "REFRESH_TOKEN_AUTH", "CUSTOM_AUTH", "USER_PASSWORD_AUTH", "ADMIN_USER_PASSWORD_AUTH", "USER_AUTH"} {
			if c.AllowsAuth(flow) {
				allowed += flow + " "
			}
		}
		if allowed != test.allowed {
			t.Errorf("%v: allows %q, want %q", test.flows, allowed, test.allowed)
		}
	}
}
