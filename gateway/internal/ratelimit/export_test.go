package ratelimit

// Clients returns how many clients are counted.
func (l *Limiter) Clients() int {
	l.clients.CleanUp()
	return l.clients.EstimatedSize()
}
