package srp_test

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/poolguard/poolguard/userpool/internal/srp"
)

// A password is set, then sent as it is: USER_PASSWORD_AUTH.
func ExampleVerifier_Matches() {
	// The part of us-east-1_AbCdEf123 after the underscore.
	const poolName = "AbCdEf123"
	verifier, err := srp.NewVerifier(rand.Reader, poolName, "alice", "correct horse")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(verifier)
	fmt.Println(verifier.Matches(poolName, "alice", "correct horse"))
	fmt.Println(verifier.Matches(poolName, "alice", "battery staple"))
	// Output:
	// [redacted]
	// true
	// false
}

// A sign-in with USER_SRP_AUTH, from InitiateAuth to RespondToAuthChallenge.
func Example() {
	const poolName, userID = "AbCdEf123", "alice"
	verifier, err := srp.NewVerifier(rand.Reader, poolName, userID, "correct horse")
	if err != nil {
		fmt.Println(err)
		return
	}

	// InitiateAuth brings SRP_A. For a user that does not exist, the verifier would
	// be a srp.Decoy.
	handshake, err := srp.Begin(rand.Reader, verifier, exampleClient.publicA())
	if errors.Is(err, srp.ErrPublicValue) {
		fmt.Println("InvalidParameterException")
		return
	} else if err != nil {
		fmt.Println("InternalErrorException")
		return
	}
	// It is answered with SRP_B, SALT and a SECRET_BLOCK; the handshake is stored.
	secretBlock := []byte("says which handshake it is")
	stored, err := json.Marshal(handshake)
	if err != nil {
		fmt.Println(err)
		return
	}

	// RespondToAuthChallenge brings TIMESTAMP and PASSWORD_CLAIM_SIGNATURE.
	timestamp, signature := exampleClient.answer(handshake.B, handshake.Salt, secretBlock)
	at, err := srp.ParseTimestamp(timestamp)
	if err != nil {
		fmt.Println(err)
		return
	}
	var restored srp.Handshake
	if err := json.Unmarshal(stored, &restored); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(at, restored.Proves(poolName, userID, secretBlock, timestamp, signature))
	// Output: 2026-02-03 04:05:06 +0000 UTC true
}

// An unknown user gets the same salt each time, as a known one would.
func ExampleDecoy() {
	seed := make([]byte, 32)
	rand.Read(seed)
	for range 2 {
		decoy, err := srp.Decoy(seed, "AbCdEf123", "nobody")
		if err != nil {
			fmt.Println(err)
			return
		}
		handshake, err := srp.Begin(rand.Reader, decoy, "2")
		fmt.Println(len(handshake.B) > 700, err, decoy.Matches("AbCdEf123", "nobody", "any"))
	}
	// Output:
	// true <nil> false
	// true <nil> false
}

func ExampleParseTimestamp() {
	at, err := srp.ParseTimestamp("Tue Feb 3 04:05:06 UTC 2026")
	fmt.Println(at, err)
	_, err = srp.ParseTimestamp("Tue Feb 03 04:05:06 UTC 2026")
	fmt.Println(errors.Is(err, srp.ErrTimestamp))
	// Output:
	// 2026-02-03 04:05:06 +0000 UTC <nil>
	// true
}
