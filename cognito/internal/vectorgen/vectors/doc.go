// Package vectors is the format of the accept/reject vectors in
// cognito/testdata/vectors: what vectorgen writes and the tests read. The README
// there describes it for readers in other languages.
//
// It owns names and shapes only. It judges no token, and it imports nothing of the
// verifier, which the vectors are there to judge.
package vectors
