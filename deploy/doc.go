// Package deploy has no code. Its folders have what runs and configures the gateway, and its
// tests hold them to what the documents say.
package deploy
