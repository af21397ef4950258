// Package attributes has the rules of a user pool's schema: which attributes of users the
// pool accepts, and which of them a client or an administrator may write. It owns
// Cognito's messages for the attributes that it rejects.
//
// Its functions check and change records in memory. They store nothing, send nothing and
// do not know sign-ins. Start at [Author].
//
// https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-attributes.html
package attributes
