package wording

import (
	"fmt"

	"github.com/poolguard/poolguard/internal/terminal"
	"github.com/poolguard/poolguard/internal/terminalauth/account"
	"github.com/poolguard/poolguard/internal/terminalauth/selection"
	"github.com/poolguard/poolguard/internal/terminalauth/tokenstore"
)

// Plain says that tokens were put into a file that is not encrypted, and why. ring is why
// the key ring did not protect them, or nil. asked reports that the user selected the file
// although there is a key ring.
func Plain(s *selection.Selection, ring error, asked bool) string {
	why := "there is no key ring in this session"
	switch {
	case ring != nil:
		why = terminal.Escape(ring.Error(), false)
	case asked:
		why = "--storage file"
	}
	return fmt.Sprintf("%s: the tokens are not encrypted; every program that can read %s can use them", why, terminal.Unbroken(s.Store(nil).Path()))
}

// Warnings are what a user must know about a sign-in that succeeded. asked is that of
// [Plain].
func Warnings(s *selection.Selection, result *account.Result, asked bool) (warnings []string) {
	if result.Kept == tokenstore.InFile {
		warnings = append(warnings, Plain(s, result.RingProblem, asked))
	}
	if result.Former != nil {
		warnings = append(warnings, "the previous sign-in could not be revoked, and its refresh token works until it expires: "+terminal.Escape(result.Former.Error(), false))
	}
	if result.NoRefresh {
		warnings = append(warnings, "the user pool issued no refresh token: sign in again when the tokens have expired")
	}
	return warnings
}

// WriteSignedIn writes who has signed in, with commands to paste.
func WriteSignedIn(g *terminal.Page, s *selection.Selection, who account.Identity) {
	g.Paragraph(0, "Signed in as "+g.Strong(terminal.Unbroken(g.Escape(who.Name())))+", profile "+s.Name+".")
	g.Line("")
	g.Paste("poolguard whoami"+s.Flag(), `curl -H "Authorization: Bearer $(poolguard token`+s.Flag()+`)" URL`)
}

// WriteAddress writes the address of the sign-in page. opening reports that a browser opens
// it.
func WriteAddress(g *terminal.Page, address string, opening bool) {
	if opening {
		g.Paragraph(0, "A browser opens for the sign-in. If it does not, open this address:\n")
		g.Paste(address, "")
		return
	}
	g.Paragraph(0, "To sign in, open this address in a browser:\n")
	g.Paste(address, "")
	g.Paragraph(0, "If that browser is on another machine, it cannot open the callback URL at the end: copy that URL and paste it here.")
}
