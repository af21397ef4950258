// Package ops shows how the gateway works: its health, its metrics and its log of
// decisions.
//
// It owns the answers of /healthz, /readyz and /metrics ([Handler]), the metrics of
// decisions and reloads ([Metrics]), and which decisions are logged ([DecisionLog]). It
// never decides, and it never writes a token or a credential.
package ops
