// Command poolguard checks Amazon Cognito tokens in a terminal and in scripts.
//
// Each subcommand is in the file of its name and does three things: it reads its
// flags, calls the library, and writes what came of it. run, in program.go, turns
// the outcome into an exit status. What the commands promise to scripts is tested
// in testdata/script.
package main

import "os"

func main() { os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr, os.Getenv)) }
