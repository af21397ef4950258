package configerror_test

import (
	"fmt"

	"github.com/poolguard/poolguard/cognito/internal/configerror"
)

func Example() {
	faults := configerror.In("cognito", "Config")
	faults.Add("Leeway", "is negative (%d)", -1)
	faults.At("UserPools[0]").Add("ClientIDs", "is empty")
	policy := configerror.In("keyset", "Policy")
	policy.Add("MaxAge", "is negative (%d)", -1)
	faults.Adopt("KeySetPolicy", policy.Err())
	fmt.Println(faults.Err())
	// Output:
	// cognito: Config.Leeway is negative (-1)
	// cognito: Config.UserPools[0].ClientIDs is empty
	// cognito: Config.KeySetPolicy.MaxAge is negative (-1)
}
