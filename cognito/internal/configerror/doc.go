// Package configerror holds the one type of configuration fault, [ConfigError], and
// [Faults], which collects all faults of one configuration.
//
// It owns how a fault names its package, its field and its reason. It never decides
// what a fault is: each package checks its own configuration. Packages export the
// type as an alias, such as cognito.ConfigError, because users cannot import this
// package.
//
// The modules below cognito (grpcauth, observe/*) import this package, and are
// released on their own. Do not remove or change what it exports.
package configerror
