// Userpool measures what a sign-in costs the local user pool, beside the signatures that
// it cannot do without, in one run. It starts the command itself, poolguard userpool
// serve, and asks it over HTTP on loopback with connections that are kept open.
//
//	go run ./userpool                        two to five minutes
//	go run ./userpool -rounds 3 -turn 10ms   the same in a few seconds, and rougher
//	go run ./userpool -flows '^srp$'         one flow, for a profile of the server
//
// The floor is crypto/rsa.SignPKCS1v15 with 2048 bits, twice with a key each: an ID token
// and an access token. A machine's token takes one signature, and its floor is half of
// that. The floor is measured in this process right before each turn of a flow, by as many
// goroutines at once as there are clients.
//
// Rounds alternate: in each, every flow has a turn, and who goes first changes. A ratio is
// taken within each turn, and what is printed is the median of all; it need not be the
// quotient of the two times beside it.
//
// Time each is what passes for a sign-in, and it holds this program's own share: HTTP,
// JSON, cookies, the form of the sign-in page. With one client, client and server take
// turns, and the time is the sum of both. With several on few cores both want the same
// ones, and the server gets less than the machine has. Server CPU each is what the server
// alone used, from the clock of its process, over all its threads: the collector is in it,
// and so is the kernel's side of its sockets and files, but not the client, nor waiting for
// a disk. It is compared with the CPU of the floor.
//
// In SRP the client has arithmetic of its own: two exponentiations in 3072 bits, and a
// third for x. They are no cost of the server's. So all sign-ins of a turn take each step
// together: the clients make their public values, all ask for the challenge, all compute
// the proof, all send it; only the two steps with requests count. "Srp with client" has
// the other two as well, computed with math/big by as many goroutines as there are
// clients. Other clients, in browsers above all, take longer.
//
// Every answer must have its tokens, or the run fails. Before the first round one of each
// flow is verified: signature, issuer, lifetime, use, client.
//
// The second server keeps its pool in a directory, where the command can do that. Both run
// all the time, and idle while others have their turn.
//
// Cognito-local, from npm, has its turns in the same rounds where it is installed:
//
//	npm ci --ignore-scripts   in testdata/cognito-local; it takes 130 MB
//
// It has no SRP, no pages and no OAuth, so that passwords and refreshing are compared, and
// how it starts. It makes three signatures for a password, its refresh token being one,
// compares the password as it is, where ours has an SRP verifier to compute, and writes
// everything to a file of JSON. Its refreshing is REFRESH_TOKEN_AUTH; ours beside it is
// GetTokensFromRefreshToken.
package main
