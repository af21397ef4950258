package passwords_test

import (
	"errors"
	"fmt"

	"github.com/poolguard/poolguard/userpool/internal/directory"
	"github.com/poolguard/poolguard/userpool/internal/passwords"
)

func Example() {
	err := passwords.Check(directory.DefaultPasswordPolicy, "passw0rd!")
	fmt.Println(err)
	broken := new(passwords.PolicyError)
	fmt.Println(errors.As(err, &broken), broken.Rule)
	// Output:
	// Password did not conform with policy: Password must have uppercase characters
	// true uppercase
}
