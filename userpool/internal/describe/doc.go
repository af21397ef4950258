// Package describe owns the JSON form of user pools and app clients in Cognito's API and in
// the AWS CLI (UserPoolType, UserPoolClientType). It converts this form to and from the
// records of package directory.
//
// [Read] and [Merge] read the output of `aws cognito-idp describe-user-pool` and
// `describe-user-pool-client`: with it, a local pool has the settings of a real one.
// [Decode] reads JSON as strictly as AWS does. The Settle methods of pools, clients and
// single settings check settings that are only stored against the shapes of the API. The
// package writes to no store and does not call AWS. Start at [Pool] and [Client].
//
// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UserPoolType.html
// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UserPoolClientType.html
package describe
