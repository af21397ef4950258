// Package api is the JSON API of a user pool (`cognito-idp`): POST / with the
// action in X-Amz-Target, AWS JSON 1.1. It turns requests into calls of authflow,
// users and directory, and their errors into Cognito's exceptions.
//
// It stores nothing itself and decides nothing about passwords or tokens. It does not check
// AWS signatures. Start at [New].
//
// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/Welcome.html
package api
