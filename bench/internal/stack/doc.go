// Package stack starts the servers that a measurement runs against, such as the gateway and
// its proxies, each as a process of its own, and says what they use. It knows nothing of what
// is measured.
package stack
