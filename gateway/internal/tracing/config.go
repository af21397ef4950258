package tracing

import (
	"errors"
	"net/url"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/oauth"
)

// Protocol is how spans are sent.
type Protocol string

// The values of Protocol.
const (
	HTTP Protocol = "http" // OTLP over HTTP, as protobuf
	GRPC Protocol = "grpc"
)

// OTLP is where spans are sent.
type OTLP struct {
	// Endpoint is the address of the collector, such as http://127.0.0.1:4318.
	Endpoint string
	// Protocol is [HTTP] unless set.
	Protocol Protocol
	// Authorization is the value of the header Authorization for the collector.
	Authorization oauth.Secret
}

// Config configures [Traces].
type Config struct {
	OTLP OTLP
	// Percent is how many of 100 requests are traced that have no trace context. The decision
	// in a trace context counts for all others.
	Percent int
	// Subject adds the subject of tokens to spans, as enduser.id.
	Subject bool
}

func (c *Config) validate() error {
	var faults []error
	fault := func(field, reason string) {
		faults = append(faults, &cognito.ConfigError{Package: "tracing", Field: "Config." + field, Reason: reason})
	}
	u, err := url.Parse(c.OTLP.Endpoint)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		fault("OTLP.Endpoint", "is not an http or https URL of a collector, such as http://127.0.0.1:4318")
	}
	if c.Percent < 0 || c.Percent > 100 {
		fault("Percent", "is not from 0 to 100")
	}
	return errors.Join(faults...)
}
