package authserver

import (
	"cmp"
	"net/http"

	"github.com/poolguard/poolguard/userpool/internal/directory"
	"github.com/poolguard/poolguard/userpool/internal/store"
)

// The home page lists so many pools, and clients of each.
const (
	maxHomePools   = 50
	maxHomeClients = 20
)

type homePage struct {
	Origin    string
	Inspector bool
	Pools     []homePool
	More      bool // pools that are not listed
}

type homePool struct {
	ID, Name, Issuer, Discovery, KeySet string
	SignIns                             []link
}

// handleHome says what this server is. All of it is public: no users, no secrets.
func (s *Server) handleHome(w http.ResponseWriter, r *http.Request) {
	page := homePage{Origin: s.publicURL, Inspector: s.inspector}
	err := s.store.View(r.Context(), func(tx store.Tx) error {
		page.Pools, page.More = nil, false
		var pools []directory.Pool
		for p, err := range directory.Pools(tx, "") {
			if err != nil {
				return err
			}
			if len(pools) == maxHomePools {
				page.More = true
				break
			}
			pools = append(pools, p)
		}
		for _, p := range pools {
			listed, err := s.homePool(tx, p)
			if err != nil {
				return err
			}
			page.Pools = append(page.Pools, listed)
		}
		return nil
	})
	if err != nil {
		s.log.ErrorContext(r.Context(), "home page failed", "error", err)
		redirect(w, "/error?error="+codeServerError)
		return
	}
	s.showPage(w, r, http.StatusOK, "home.html", []string{"'none'"}, page)
}

func (s *Server) homePool(tx store.Tx, p directory.Pool) (homePool, error) {
	listed := homePool{
		ID: p.ID, Name: p.Name, Issuer: s.issuerURL(p.ID),
		Discovery: "/" + p.ID + "/.well-known/openid-configuration", KeySet: "/" + p.ID + "/.well-known/jwks.json",
	}
	for c, err := range directory.Clients(tx, p.ID, "") {
		if err != nil {
			return listed, err
		}
		if len(listed.SignIns) == maxHomeClients {
			break
		}
		if target := signInURL(c); target != "" {
			listed.SignIns = append(listed.SignIns, link{cmp.Or(c.Name, c.ID), target})
		}
	}
	return listed, nil
}

// signInURL is a link with which people can try a client's sign-in, as Cognito's
// console has one, or "".
func signInURL(c directory.Client) string {
	responseType := "code"
	if !c.AllowsOAuth(directory.FlowCode) {
		responseType = "token"
	}
	if len(c.CallbackURLs) == 0 || !c.AllowsOAuth(directory.FlowCode) && !c.AllowsOAuth(directory.FlowImplicit) {
		return ""
	}
	callback := cmp.Or(c.DefaultRedirectURI, c.CallbackURLs[0])
	return withQuery("/oauth2/authorize", "client_id", c.ID, "response_type", responseType, "redirect_uri", callback)
}
