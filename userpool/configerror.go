package userpool

// ConfigError is one fault of a [Config]. [New] returns all faults together, joined with
// errors.Join. Reason never holds a secret.
type ConfigError struct {
	Field  string // for example "Pools[0].Clients[1].CallbackURLs[0]"
	Reason string // the text after the field and a colon
}

// Error implements error.
func (e *ConfigError) Error() string { return e.Field + ": " + e.Reason }

// Validate returns the faults that [New] would find in c, each a [*ConfigError], or nil. It
// makes no keys and does not use the storage.
func (c Config) Validate() error {
	if len(c.Pools) == 0 {
		c.Pools = []Pool{DefaultPool()}
	}
	return c.validate()
}
