// Package answer makes the answers of the gateway to a proxy: what a denial is in HTTP.
//
// It owns the status of each code, the headers of a denial (WWW-Authenticate, Retry-After,
// X-Auth-Error, those of CORS) and its body. The adapters write it in the form that their
// proxy reads.
//
// It never decides. Codes of package cognito have the status and the challenge that package
// bearer gives them; the gateway has a few codes of its own.
package answer
