// Soak puts a load on poolguard gateway, alone and behind nginx and HAProxy, while key sets
// fail, keys rotate, configurations change and proxies restart. It counts wrong answers and
// prints what the gateway uses of the machine at the start and at the end. It ends with status
// 1 if an answer was wrong.
//
//	make soak
//
// Half of the requests must be allowed, the others denied. Two kinds of answers are stated and
// not wrong:
//
//   - key_not_found for a token with a key that no answer for its generation of keys accepted
//     yet: the gateway looks up new keys after a cool-down, and cannot while the key set fails;
//   - a failed request to a proxy that stopped or started meanwhile.
package main
