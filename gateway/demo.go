package gateway

import (
	"fmt"
	"strings"
)

// DemoText returns the text of a configuration file for a local user pool. It listens on
// this machine only, and only callers on this machine may ask.
func DemoText(poolID, issuer string, clientIDs ...string) []byte {
	quoted := make([]string, len(clientIDs))
	for n, id := range clientIDs {
		quoted[n] = fmt.Sprintf("%q", id)
	}
	return fmt.Appendf(nil, `forward_auth: {listen: 127.0.0.1:8080}
ops: {listen: 127.0.0.1:8081}
trusted_proxies: [127.0.0.0/8, "::1"]
drain: 0
user_pools: [{id: %q, client_ids: [%s], issuer: %q}]
log: {format: text}
rules:
  - {name: health, match: {path: /healthz}, allow: anonymous}
  - {name: admin, match: {path: /admin/**}, require: {groups: [admins]}}
  - {name: signed in, match: {path: /**}}
`, poolID, strings.Join(quoted, ", "), issuer)
}
