// Package exchange exchanges an authorization code for tokens, to debug a sign-in, as
// poolguard exchange does.
//
// It owns what must be given for that. It owns the answer and the refusal as JSON, with the
// names of the token endpoint. And it verifies the tokens, if the operator named their user
// pool. It never checks state and nonce, so it must not sign users in. It keeps and prints
// nothing. [Answer] has tokens in it, and no error has.
package exchange
