// Userpool measures the cost of a sign-in at the local user pool, compared with the
// signatures that the sign-in needs. It starts the command "poolguard userpool serve" and
// sends requests over HTTP on loopback, on connections that stay open.
//
//	go run ./userpool                        two to five minutes
//	go run ./userpool -rounds 3 -turn 10ms   the same in a few seconds, less exact
//	go run ./userpool -flows '^srp$'         one flow, for a profile of the server
//
// # Floor
//
// The floor is crypto/rsa.SignPKCS1v15 with 2048 bits, twice, each with another key: one
// signature for the ID token and one for the access token. A machine token has one
// signature, and its floor is half of that. This process measures the floor right before
// each turn of a flow, with as many goroutines as there are clients.
//
// # Rounds
//
// In each round every flow has a turn, and the order changes from round to round. A ratio
// is taken within each turn, and the program prints the median of all turns. It can differ
// from the quotient of the two times beside it.
//
// # Times
//
// "Time each" is the time that passes for one sign-in. It includes the share of this
// program: HTTP, JSON, cookies and the form of the sign-in page. With one client, client
// and server take turns, and the time is the sum of both. Several clients and the server
// share the cores, so the server gets less than the whole machine.
//
// "Server CPU each" is the CPU time of the server's process, over all its threads. It
// includes the garbage collector and the kernel's work for sockets and files. It does not
// include the client or the wait for a disk. It is compared with the CPU time of the floor.
//
// # SRP
//
// In SRP the client computes too: two exponentiations in 3072 bits, and a third for x. They
// are not a cost of the server. Therefore all sign-ins of a turn take each step together:
// the clients compute their public values, all ask for the challenge, all compute the
// proof, all send it. Only the two steps with requests count. "Srp with client" includes
// the other two steps, computed with math/big by as many goroutines as there are clients.
// Other clients take longer, above all browsers.
//
// # Checks
//
// Every answer must have its tokens, or the run fails. Before the first round, the program
// verifies the tokens of one sign-in of each flow: signature, issuer, lifetime, use, client.
//
// The second server keeps its pool in a directory, if the command can do that. Both servers
// run all the time, and each is idle while the other is measured.
//
// # Cognito-local
//
// Cognito-local, from npm, has turns in the same rounds if it is installed:
//
//	npm ci --ignore-scripts   in testdata/cognito-local; it takes 130 MB
//
// It has no SRP, no pages and no OAuth. So the program compares passwords, refreshing and
// the start only. Cognito-local differs in what it computes:
//
//   - It makes three signatures for a password, because its refresh token is signed too.
//   - It compares the password as text, and the local user pool computes an SRP verifier.
//   - It writes everything to a JSON file.
//   - It refreshes with REFRESH_TOKEN_AUTH; the local pool uses GetTokensFromRefreshToken.
package main
