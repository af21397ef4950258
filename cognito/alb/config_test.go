package alb_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/alb"
)

// TestConfigFaults: every fault is told at once, each with its field.
func TestConfigFaults(t *testing.T) {
	_, err := alb.New(alb.Config{})
	for _, field := range []string{"Signers", "ClientIDs", "Issuers"} {
		if !strings.Contains(err.Error(), "alb: Config."+field+" is empty") {
			t.Errorf("nothing of %s: %v", field, err)
		}
	}
	if _, err := alb.NewVerifiedAccess(alb.VerifiedAccessConfig{}); !strings.Contains(err.Error(), "alb: VerifiedAccessConfig.Instances is empty") || !strings.Contains(err.Error(), "alb: VerifiedAccessConfig.Issuers is empty") {
		t.Error(err)
	}
	config := alb.VerifiedAccessConfig{Instances: []string{instance}, Issuers: []string{issuer}}
	config.Leeway = -1
	if _, err := alb.NewVerifiedAccess(config); err == nil || !strings.Contains(err.Error(), "alb: VerifiedAccessConfig.Leeway must not be negative") {
		t.Error(err)
	}
	for field, change := range map[string]func(*alb.Config){
		"Signers[1]":              func(c *alb.Config) { c.Signers = append(c.Signers, balancer) },
		"ClientIDs[0]":            func(c *alb.Config) { c.ClientIDs = []string{""} },
		"InsecureSkipClientCheck": func(c *alb.Config) { c.InsecureSkipClientCheck = true },
		"Issuers[1]":              func(c *alb.Config) { c.Issuers = append(c.Issuers, "a b") },
		"Leeway":                  func(c *alb.Config) { c.Leeway = -1 },
		"MaxTokenBytes":           func(c *alb.Config) { c.MaxTokenBytes = -1 },
		"KeyFetches":              func(c *alb.Config) { c.KeyFetches = -1 },
		"MaxKeys":                 func(c *alb.Config) { c.MaxKeys = -1 },
		"KeyPolicy.Stale":         func(c *alb.Config) { c.KeyPolicy.Stale = time.Minute },
		"KeyAddress":              func(c *alb.Config) { c.KeyAddress = "http://keys.example" },
	} {
		config := newEndpoint().config()
		change(&config)
		_, err := alb.New(config)
		var fault *alb.ConfigError
		if !errors.As(err, &fault) || fault.Field != "Config."+field {
			t.Errorf("%s: %v", field, err)
		}
	}
	for _, address := range []string{"keys.example", "ftp://keys.example", "https://", "https://a:b@keys.example", "https://keys.example?x", "https://keys.example#", "http://127.0.0.1.example", ":"} {
		config := newEndpoint().config()
		config.KeyAddress = address
		if _, err := alb.New(config); err == nil {
			t.Errorf("%q was taken", address)
		}
	}
	for _, address := range []string{"http://127.0.0.1:1", "http://localhost/keys", "http://[::1]:1/", "https://keys.example/a"} {
		config := newEndpoint().config()
		config.KeyAddress = address
		if _, err := alb.New(config); err != nil {
			t.Errorf("%q: %v", address, err)
		}
	}
}

// TestARNs: what is not the ARN of a load balancer, or has a region that does not belong
// in the name of a host, is refused at the start.
func TestARNs(t *testing.T) {
	replaced := func(from, to string) string { return strings.Replace(balancer, from, to, 1) }
	for _, arn := range []string{
		"", "web", "arn", strings.ToUpper(balancer), " " + balancer, balancer + "\n", balancer + "/0123456789abcdef", "*",
		replaced("us-east-1", ""), replaced("us-east-1", "*"), replaced("us-east-1", "us-east-1.evil.example/"), replaced("us-east-1", "US-EAST-1"), replaced("us-east-1", "us-east"),
		replaced("us-east-1", "us-gov-west-1"), replaced("us-east-1", "cn-north-1"), replaced("arn:aws:", "arn:aws-us-gov:"),
		replaced("arn:aws:", "arn::"), replaced("arn:aws:", "arn:azure:"),
		strings.NewReplacer("arn:aws:", "arn:aws-cn:", "us-east-1", "cn-north-1").Replace(balancer),
		replaced("123456789012", "12345678901"), replaced("123456789012", ""), replaced("123456789012", "*"),
		replaced("loadbalancer/app/", "loadbalancer/net/"), replaced("loadbalancer/app/", "listener/app/"), replaced("loadbalancer/app/", "targetgroup/"),
		replaced("web", "*"), replaced("web", ""), replaced("50dc6c495c0c9188", "*"), replaced("50dc6c495c0c9188", ""), replaced("elasticloadbalancing", "ec2"), instance,
	} {
		config := newEndpoint().config()
		config.Signers = []string{arn}
		var fault *alb.ConfigError
		if _, err := alb.New(config); !errors.As(err, &fault) || fault.Field != "Config.Signers[0]" || strings.Contains(err.Error(), "\n") {
			t.Errorf("%q: %v", arn, err)
		}
	}
	for _, arn := range []string{replaced("arn:aws:", "arn::"), replaced("arn:aws:", "arn:azure:")} {
		config := newEndpoint().config()
		config.Signers, config.KeyAddress = []string{arn}, "https://keys.example"
		if _, err := alb.New(config); err == nil || !strings.Contains(err.Error(), "has no partition such as aws") {
			t.Errorf("%q with an address of keys: %v", arn, err)
		}
	}
	for arn, good := range map[string]bool{
		instance: true, strings.Replace(instance, "us-east-1", "us-gov-west-1", 1): false,
		strings.NewReplacer("arn:aws:", "arn:aws-us-gov:", "us-east-1", "us-gov-west-1").Replace(instance): true,
		strings.NewReplacer("arn:aws:", "arn:aws-cn:", "us-east-1", "cn-north-1").Replace(instance):        false,
		strings.Replace(instance, "vai-", "vatp-", 1):                                                      false, strings.Replace(instance, "instance", "endpoint", 1): false, balancer: false, "": false,
	} {
		if _, err := alb.NewVerifiedAccess(alb.VerifiedAccessConfig{Instances: []string{arn}, Issuers: []string{issuer}}); (err == nil) != good {
			t.Errorf("%q: %v", arn, err)
		}
	}
}

// TestNewCopies: what is changed after New changes nothing.
func TestNewCopies(t *testing.T) {
	config := newEndpoint().config()
	v, err := alb.New(config)
	if err != nil {
		t.Fatal(err)
	}
	config.Signers[0], config.ClientIDs[0], config.Issuers[0] = "x", "x", "x"
	expect(t, v, token(), "")
	expect(t, v, token(header("client", "x")), cognito.ErrClientMismatch)
}
