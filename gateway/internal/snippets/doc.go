// Package snippets has a configuration for each proxy that asks the gateway, as
// `poolguard gateway example --proxy NAME` prints it.
//
// It owns these texts. They have the identity headers of the operator's configuration: each
// snippet removes or replaces every one of them that a client sends, in every spelling that
// the proxy lets through. The first line of each text says whether the tests of this
// repository run it. The folder deploy/ has the texts for the default configuration.
//
// It never reads a configuration and runs nothing.
package snippets
