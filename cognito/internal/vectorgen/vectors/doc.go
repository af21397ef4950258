// Package vectors has the format of the accept/reject vectors in
// cognito/testdata/vectors, which vectorgen writes and tests read. The README there
// describes it for readers in other languages.
//
// It owns names and types only. It verifies no token. It imports no part of the verifier,
// because the vectors test the verifier.
package vectors
