package tracing_test

import (
	"fmt"

	"github.com/poolguard/poolguard/gateway/internal/tracing"
)

func Example() {
	_, err := tracing.New(tracing.Config{OTLP: tracing.OTLP{Endpoint: "127.0.0.1:4318"}})
	fmt.Println(err)
	// Output: tracing: Config.OTLP.Endpoint is not an http or https URL of a collector, such as http://127.0.0.1:4318
}
