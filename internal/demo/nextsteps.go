package demo

import "strings"

// invite tells what to try while the servers run, and begins to tell of requests.
func (p *printer) invite(s setup) {
	var names []string
	for _, u := range s.pool.Users {
		names = append(names, u.Username)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.writeLocked("\n" + p.style.Strong("Now you") + "\n\n" +
		"Sign in with a browser, as " + strings.Join(names, " or ") + " with the password " + string(s.user().Password) + ":\n\n" +
		"  " + p.style.Strong(s.appURL+"/") + "\n\n" +
		"Or be a machine that has a secret: get a token and call the API.\n\n" +
		s.machineLines() +
		"\nSee what the token says, and have it checked.\n\n" +
		s.checkLines() +
		"\nBoth servers run until Ctrl-C. Requests:\n\n")
	p.logging = true
}

// machineLines work in a shell as they are.
func (s *setup) machineLines() string {
	const call = `  curl -i -H "Authorization: Bearer $TOKEN" `
	return "  TOKEN=$(curl -s " + s.poolURL + "/oauth2/token \\\n" +
		"    -u " + machineClient + ":" + s.secret(machineClient) + " -d grant_type=client_credentials |\n" +
		`    sed 's/.*"access_token":"\([^"]*\)".*/\1/')` + "\n" +
		call + s.appURL + "/orders\n" +
		call + s.appURL + "/me\n" +
		call + "-d item=tea \\\n    " + s.appURL + "/orders\n"
}

// checkLines do too, in the shell that ran those above.
func (s *setup) checkLines() string {
	return "  " + s.command + " inspect \"$TOKEN\"\n" +
		"  " + s.command + " verify --pool " + s.pool.ID + " \\\n" +
		"    --client-id " + machineClient + " --token-use access \\\n" +
		"    --issuer " + s.issuer + " \"$TOKEN\"\n"
}
