// Package profile has the rules for what a user's record says of the user: which
// attributes a pool's schema takes and from whom, and which passwords its policy
// does. It owns Cognito's words for what it refuses.
//
// Its functions judge and change records in memory: they store nothing, send
// nothing and know nothing of sign-ins. Start at [Author] and [CheckPassword].
//
// https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-attributes.html
package profile
