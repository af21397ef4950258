package authserver

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/poolguard/poolguard/userpool/internal/authflow"
	"github.com/poolguard/poolguard/userpool/internal/directory"
	"github.com/poolguard/poolguard/userpool/internal/store"
)

// chooseProvider returns the external provider that a request names, by its name or
// one of its identifiers, or "" for the pool itself.
func (s *Server) chooseProvider(ctx context.Context, client app, q url.Values) (string, error) {
	name, identifier := q.Get("identity_provider"), q.Get("idp_identifier")
	if name == directory.ProviderCognito || name == "" && identifier == "" {
		return "", nil
	}
	var all []directory.Provider
	err := s.store.View(ctx, func(tx store.Tx) error {
		var err error
		all, err = directory.Providers(tx, client.pool.ID)
		return err
	})
	if err != nil {
		return "", fmt.Errorf("reading providers: %w", err)
	}
	for _, p := range all {
		meant := p.Name == name || name == "" && slices.Contains(p.Identifiers, identifier)
		if meant && slices.Contains(client.Providers, p.Name) {
			return p.Name, nil
		}
	}
	return "", &authorizationError{code: codeInvalidRequest, description: "the client has no such identity_provider"}
}

// signInPath is where people of a client sign in who said nothing of a provider: at
// the only provider that there is, without another page, as with Cognito.
func (a *authorizationRequest) signInPath() string {
	switch external := a.client.external(); {
	case a.provider != "":
		return "/provider?" + a.withProvider(a.provider)
	case !a.client.local() && len(external) == 1:
		return "/provider?" + a.withProvider(external[0])
	default:
		return "/login?" + a.query
	}
}

const (
	fieldProviderUser  = "user_id"
	fieldProviderEmail = "email"
	fieldProviderName  = "name"
)

// providerForm takes the place of the external provider's sign-in page.
func providerForm(request authorizationRequest) formPage {
	return formPage{
		Title: request.provider + ", simulated",
		Text:  []string{"This page takes the place of " + request.provider + ", which is not asked. You can sign in as any user: the same user ID is the same person each time."},
		Path:  "/provider", Submit: "Sign in",
		Fields: []field{
			{Name: fieldProviderUser, Label: "User ID at " + request.provider, Autocomplete: "username", MaxLength: 96},
			{Name: fieldProviderEmail, Label: "Email", Type: "email", Autocomplete: "email", MaxLength: 2048, Optional: true},
			{Name: fieldProviderName, Label: "Name", Autocomplete: "name", MaxLength: 2048, Optional: true},
		},
		Links: []link{{"Sign in another way", "/login?" + request.withProvider("")}},
	}
}

func (s *Server) handleProviderPage(w http.ResponseWriter, r *http.Request) {
	request, err := s.parseAuthorization(r.Context(), r.URL.RawQuery)
	switch {
	case err != nil:
		s.refuseAuthorization(w, r, err)
	case request.provider == "":
		redirect(w, "/login?"+request.query)
	default:
		s.showForm(w, r, request, http.StatusOK, providerForm(request), problem{})
	}
}

// handleProvider signs a person of the provider in, whom it may not have seen
// before.
func (s *Server) handleProvider(w http.ResponseWriter, r *http.Request) {
	request, ok := s.receive(w, r, func(request authorizationRequest) formPage {
		if request.provider == "" {
			return loginForm(request)
		}
		return providerForm(request)
	})
	if !ok {
		return
	}
	if request.provider == "" {
		redirect(w, "/login?"+request.query)
		return
	}
	page := providerForm(request)
	for i, f := range page.Fields {
		page.Fields[i].Value = r.PostForm.Get(f.Name)
	}
	p, faulty := missing(r, page.Fields)
	if email := r.PostForm.Get(fieldProviderEmail); !faulty && email != "" && !strings.Contains(email, "@") {
		p, faulty = problem{fieldProviderEmail, "Invalid email address format."}, true
	}
	if faulty {
		s.showForm(w, r, request, http.StatusBadRequest, page, p)
		return
	}
	u, err := s.federate(r.Context(), request, r.PostForm)
	if fault := new(federationError); errors.As(err, &fault) {
		s.log.InfoContext(r.Context(), "sign-in refused", "client", request.client.ID, "provider", request.provider, "reason", fault.reason)
		s.showForm(w, r, request, http.StatusBadRequest, page, problem{fault.field, fault.message})
		return
	}
	if err != nil {
		s.failAuthorization(w, r, request, err)
		return
	}
	// The second factor is the provider's business, as with Cognito.
	s.enter(w, r, request, u, []string{string(authflow.MethodFederated)})
}
