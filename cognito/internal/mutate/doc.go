// Command mutate tests the tests of the library: it changes one security decision at
// a time and reports the changes that no test notices.
//
//	make mutate                    the core of the verifier, as CI does, with a part of the removed statements
//	make mutate-all                every package, whole
//	make mutate ONLY=checkExpiry   one function
//
// The decisions are found in the syntax tree, so that a renamed function or a moved
// file needs no edit here. A decision is a condition, a clause or a loop that leads to
// a refusal or to acceptance: it returns an error, or nil, or a bool, or notes a
// fault. In a function with a decision, each statement that the decision may depend on is
// removed in turn: an assignment, a call, a jump to the next turn of a loop.
//
// Each kind of change is a [kind]. Changes of expressions that are no conditions are a
// short table, in rules.go.
//
// The tests of a package are compiled once, with all mutants in them, and run once for
// each mutant, which an environment variable chooses. The files of the tree are not
// touched.
//
// Where a change has no effect that a test can see, a directive beside the code says
// why:
//
//	//mutate:ignore always: the standard library checks it as well
//
// -ignored tries what the directives hide. Such a mutant must survive.
//
// The exit status is 1 if a mutant survives. It is 1 as well if a directive or a rule
// matches nothing, and if the tests fail without a mutant.
package main
