package tlsfiles_test

import (
	"errors"
	"fmt"
	"io/fs"

	"github.com/poolguard/poolguard/internal/tlsfiles"
)

func ExampleOpen() {
	files := tlsfiles.Files{Cert: "no/cert.pem", Key: "no/key.pem"}
	_, err := tlsfiles.Open(files, "h2", "http/1.1")
	fmt.Println(files.Paths(), errors.Is(err, fs.ErrNotExist))
	// Output: [no/cert.pem no/key.pem] true
}
