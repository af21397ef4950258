// Package users has what becomes of a user's record between signing up and
// being deleted: confirming, recovering and changing passwords, attributes and
// their verification, and what administrators do to users. The JSON API and the
// hosted pages are two ways to it.
//
// It owns which names, attributes and passwords a pool takes, the codes that are
// sent, and the states of a user. It never signs anyone in, sends no message by
// itself (see Config.Deliver) and knows nothing of HTTP. What it refuses, it
// refuses with an [*Error] in Cognito's words. Start at [New].
//
// Passwords are made into verifiers before a transaction begins, which is slow,
// and filed in it.
//
// https://docs.aws.amazon.com/cognito/latest/developerguide/signing-up-users-in-your-app.html
package users
