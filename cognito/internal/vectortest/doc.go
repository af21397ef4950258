// Package vectortest runs the accept/reject vectors in cognito/testdata/vectors against the
// verifier and against the adapters in front of it. Only tests import it.
//
// It owns two things: how a config of the vectors becomes a [cognito.Verifier] and its
// requirements, and which code a vector gets when its token comes in an Authorization header.
// It never decides whether a token is good. The format of the vectors belongs to package
// cognito/internal/vectorgen/vectors.
package vectortest
