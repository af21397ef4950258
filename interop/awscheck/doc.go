// Package awscheck asks Amazon Cognito the questions that its documentation leaves open, and
// compares the answers with those of the local user pool.
//
// The local pool has to answer requests whose answer AWS does not document. The list of these
// guesses is in docs/decisions/0006-local-user-pool.md. Other facts about tokens and endpoints are
// known from reports of users only. Each of them is a Question here.
//
// Run creates a user pool, app clients, a domain and users at a Service, asks all questions, and
// deletes the user pool again. It sends no e-mail and no text message. Compare asks two services
// and returns a Report.
//
// The command is interop/cmd/awscheck; `make test-aws` runs it. It needs AWS credentials, so CI
// never runs it. The tests of this package run everything against two local user pools.
package awscheck
