package tokencheck

import (
	"cmp"
	"errors"
	"strings"

	"github.com/poolguard/poolguard/cognito"
)

// probe returns the library's fault of one value by itself, "" for none. The fault is
// reported for the flag that it comes from, and the rules stay in one place.
func probe(change func(*cognito.Config)) string {
	config := cognito.Config{UserPools: []cognito.UserPool{{ID: "us-east-1_Probe", ClientIDs: []string{"probe"}}}}
	change(&config)
	_, err := cognito.New(config)
	var fault *cognito.ConfigError
	switch {
	case err == nil:
		return ""
	case errors.As(err, &fault):
		return fault.Reason
	}
	return err.Error()
}

// probePool takes the ID of a local pool only with an issuer. Whether the two fit together is
// a question of its own.
func probePool(id string, issuer bool) string {
	reason := probe(func(c *cognito.Config) {
		c.UserPools[0].ID = id
		if issuer {
			c.UserPools[0].Issuer = "https://idp.example.com"
		}
	})
	return strings.Replace(reason, "an Issuer", "--issuer", 1) // as the flag is called
}

func probeReplicas(id string, regions []string) string {
	return probe(func(c *cognito.Config) { c.UserPools[0].ID, c.UserPools[0].ReplicaRegions = id, regions })
}

func probeClientID(id string) string {
	return probe(func(c *cognito.Config) { c.UserPools[0].ClientIDs = []string{id} })
}

func probeAudience(audience string) string {
	return probe(func(c *cognito.Config) { c.UserPools[0].Audiences = []string{audience} })
}

func probeIssuer(url string) string {
	reason := probe(func(c *cognito.Config) {
		p := &c.UserPools[0]
		// A pool of another ID than the issuer's would be a fault of the probe.
		p.ID, p.Issuer = cmp.Or(poolOf(url), p.ID), url
	})
	reason, _, _ = strings.Cut(reason, "; InsecureAllowPlainHTTP") // no flag sets it
	return reason
}

func probeRequirement(r cognito.Requirement) string {
	return probe(func(c *cognito.Config) { c.Require = []cognito.Requirement{r} })
}
