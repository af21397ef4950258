// Package examples holds programs that protect an API with Cognito tokens, one a
// folder, each to be started by one command against the local user pool. README.md
// lists them. They are there to be copied: none shares code with another.
//
// migrating has programs from before and after a change of library, which
// docs/migrating.md shows. guides has the programs of docs/lambda.md and
// docs/load-balancers.md.
package examples
