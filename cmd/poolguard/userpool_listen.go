package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"

	"github.com/spf13/cobra"

	"github.com/poolguard/poolguard/internal/serve"
)

// listen opens a listener. An error names the flag that the address came from.
func listen(ctx context.Context, flag, address string) (listener net.Listener, err error) {
	// A browser cannot open a Unix socket.
	if strings.HasPrefix(address, "unix:") {
		err = serve.ErrAddressInvalid
	} else {
		listener, err = serve.Listen(ctx, address)
	}
	switch {
	case errors.Is(err, serve.ErrAddressInvalid):
		return nil, fmt.Errorf("--%s must be a host and a port, such as 127.0.0.1:9229", flag)
	case errors.Is(err, serve.ErrAddressInUse):
		return nil, &addressTakenError{flag, address}
	case err != nil:
		return nil, fmt.Errorf("--%s: %w", flag, err)
	}
	return listener, nil
}

// An addressTakenError is serve.ErrAddressInUse for the address of a flag.
type addressTakenError struct{ flag, address string }

func (e *addressTakenError) Error() string {
	return fmt.Sprintf("--%s: another program listens on %s; choose another port, or 0 for any free one", e.flag, e.address)
}

func (e *addressTakenError) Unwrap() error { return serve.ErrAddressInUse }

var errArguments = errors.New("this command takes flags only, and no arguments")

func noArguments(_ *cobra.Command, args []string) error {
	if len(args) > 0 {
		return errArguments
	}
	return nil
}
