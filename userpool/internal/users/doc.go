// Package users changes the records of users: sign-up, confirmation, recovery and change of
// passwords, attributes and their verification, the actions of administrators, deletion.
// The JSON API and the hosted pages call it.
//
// It owns the user names that a pool accepts, the codes that are sent, and the status of a
// user. It never signs a user in, sends no message itself (see Config.Deliver) and knows no
// HTTP. If it rejects a call, the error is an [*Error] with Cognito's message. Start at
// [New].
//
// It makes the verifier of a password before the transaction that stores it, because that
// is slow.
//
// https://docs.aws.amazon.com/cognito/latest/developerguide/signing-up-users-in-your-app.html
package users
