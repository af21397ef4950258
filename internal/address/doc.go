// Package address checks the addresses that the product listens on, redirects to and
// fetches from: loopback hosts, URLs that are https or loopback, and origins.
//
// It owns what counts as this machine, for the product. It never resolves a name: the
// answer of a resolver can change after the check.
//
// The library and the local user pool are modules of their own with checks of their own.
// All three follow the same rules, which the library's package documents with the table
// of cases in testdata/addresses.json. A test here compares the three copies of that table.
package address
