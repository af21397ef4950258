//go:build roots

package main

// The container image is empty but for the command, so it has no list of certificate authorities.
// Builds for the image have the build tag roots and bring the list of the Mozilla project. It is
// used only if the system has none. Other builds do without it: reading it takes some milliseconds
// at each start.
import _ "golang.org/x/crypto/x509roots/fallback"
