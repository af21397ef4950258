// Package passwords has the rules of a user pool's password policy: which new passwords
// the pool accepts, which past passwords it remembers, and how a password changes the
// record of a user. It owns Cognito's messages for the passwords that it rejects.
//
// Its functions check and change records in memory. They store nothing and do not check
// sign-ins. Start at [Check].
//
// https://docs.aws.amazon.com/cognito/latest/developerguide/managing-users-passwords.html
package passwords
