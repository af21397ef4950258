// Command caddy is Caddy with the module poolguard and the standard modules.
package main

import (
	_ "time/tzdata"

	caddycmd "github.com/caddyserver/caddy/v2/cmd"
	_ "github.com/caddyserver/caddy/v2/modules/standard"

	_ "github.com/poolguard/poolguard/gateway/caddy"
)

func main() { caddycmd.Main() }
