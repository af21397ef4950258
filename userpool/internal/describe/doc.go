// Package describe owns the JSON in which Cognito's API and the AWS CLI describe
// user pools and app clients (UserPoolType, UserPoolClientType), and its way to
// and from the records of package directory.
//
// [Read] and [Merge] take what `aws cognito-idp describe-user-pool` and
// `describe-user-pool-client` print, so that a local pool can be like a real one.
// [Decode] reads JSON as strictly as AWS does, and Settle, of pools, clients and
// single settings, holds what is kept as it came to the shapes of the API.
// The package writes to no store and asks no AWS. Start at [Pool] and [Client].
//
// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UserPoolType.html
// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UserPoolClientType.html
package describe
