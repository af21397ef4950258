// Package gateway decides for proxies which requests may pass, by the Amazon Cognito
// tokens that they have.
//
// Start with [New], which reads a configuration file, and [Gateway.Run]. A running gateway
// uses a changed file by itself, or after [Gateway.Reload]: the whole file, or nothing of
// it. [Check], [Explain] and [Test] are for the file itself.
//
// The package owns the course of the process: the listeners, the reading of the file and
// the order of start and stop. It verifies no token; that is package cognito. Its adapters
// answer each proxy in the form that the proxy reads.
package gateway
