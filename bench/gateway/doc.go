// Gateway measures poolguard gateway: what a decision costs beside a server that decides nothing,
// behind nginx, for Envoy, and beside oauth2-proxy. The servers are processes of their own on the
// same cores. They take turns, and the results are medians.
//
//	make bench-gateway
//
// It needs wrk. What else is missing, nginx or oauth2-proxy, is left out with a reason. The last
// lines are for scripts.
//
// The program starts itself again as the servers that decide nothing.
package main
