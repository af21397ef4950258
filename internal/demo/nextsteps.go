package demo

import "strings"

// nextSteps shows what the user can try while the servers run. After it, the printer
// shows requests.
func (p *printer) nextSteps(s setup) {
	var names []string
	for _, u := range s.pool.Users {
		names = append(names, u.Username)
	}
	p.write("\n" + p.style.Strong("Try it yourself") + "\n\n" +
		"Sign in with a browser as " + strings.Join(names, " or ") + " with the password " + string(s.user().Password) + ":\n\n" +
		"  " + p.style.Strong(s.appURL+"/") + "\n\n" +
		"Or get a token as a machine client, with a client secret, and call the API:\n\n" +
		s.machineLines() +
		"\nDecode the token, and verify it:\n\n" +
		s.checkLines() +
		"\nBoth servers run until Ctrl-C. Requests:\n\n")
	p.logging.Store(true)
}

// machineLines are commands for a shell.
func (s *setup) machineLines() string {
	const call = `  curl -i -H "Authorization: Bearer $TOKEN" `
	return "  TOKEN=$(curl -s " + s.poolURL + "/oauth2/token \\\n" +
		"    -u " + machineClient + ":" + s.secret(machineClient) + " -d grant_type=client_credentials |\n" +
		`    sed 's/.*"access_token":"\([^"]*\)".*/\1/')` + "\n" +
		call + s.appURL + "/orders\n" +
		call + s.appURL + "/me\n" +
		call + "-d item=tea \\\n    " + s.appURL + "/orders\n"
}

// checkLines are commands for the shell that ran machineLines.
func (s *setup) checkLines() string {
	return "  " + s.command + " inspect \"$TOKEN\"\n" +
		"  " + s.command + " verify --pool " + s.pool.ID + " \\\n" +
		"    --client-id " + machineClient + " --token-use access \\\n" +
		"    --issuer " + s.issuer + " \"$TOKEN\"\n"
}
