package userpool

// A ConfigError is one fault of a [Config]. [New] joins all that it finds; Reason
// never holds a secret.
type ConfigError struct {
	Field  string // for example "Pools[0].Clients[1].CallbackURLs[0]"
	Reason string // follows the field and a colon
}

// Error implements error.
func (e *ConfigError) Error() string { return e.Field + ": " + e.Reason }

// Validate returns what [New] would find wrong with c, each fault a [*ConfigError],
// or nil. It makes no keys and touches no storage.
func (c Config) Validate() error {
	if len(c.Pools) == 0 {
		c.Pools = []Pool{DefaultPool()}
	}
	return c.validate()
}
