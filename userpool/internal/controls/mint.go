package controls

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/poolguard/poolguard/userpool/internal/directory"
	"github.com/poolguard/poolguard/userpool/internal/issuer"
	"github.com/poolguard/poolguard/userpool/internal/store"
)

// bad makes a good forgery bad in one way.
type bad func(f *issuer.Forgery, now time.Time)

// bads are the ways, by name. What a verifier should answer is its own affair.
var bads = map[string]bad{
	"expired": func(f *issuer.Forgery, now time.Time) {
		f.Claims["iat"], f.Claims["auth_time"], f.Claims["exp"] = now.Add(-2*time.Hour).Unix(), now.Add(-2*time.Hour).Unix(), now.Add(-time.Hour).Unix()
	},
	"not_yet_valid": func(f *issuer.Forgery, now time.Time) { f.Claims["nbf"] = now.Add(time.Hour).Unix() },
	"no_exp":        func(f *issuer.Forgery, _ time.Time) { delete(f.Claims, "exp") },
	"other_issuer": func(f *issuer.Forgery, _ time.Time) {
		f.Claims["iss"] = "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_Foreign01"
	},
	"other_client": func(f *issuer.Forgery, _ time.Time) {
		for _, name := range []string{"client_id", "aud"} {
			if _, ok := f.Claims[name]; ok {
				f.Claims[name] = "another-client"
			}
		}
	},
	"other_use": func(f *issuer.Forgery, _ time.Time) {
		other := "id"
		if f.Claims["token_use"] == "id" {
			other = "access"
		}
		f.Claims["token_use"] = other
	},
	"unknown_kid": func(f *issuer.Forgery, _ time.Time) { f.Header["kid"] = strings.Repeat("A", 43) + "=" },
	"no_kid":      func(f *issuer.Forgery, _ time.Time) { delete(f.Header, "kid") },
	"foreign_key": func(f *issuer.Forgery, _ time.Time) { f.Sign = issuer.SignForeign },
	"tampered":    func(f *issuer.Forgery, _ time.Time) { f.Sign = issuer.SignBroken },
	"alg_none":    func(f *issuer.Forgery, _ time.Time) { f.Header["alg"], f.Sign = "none", issuer.SignNone },
	"hs256":       func(f *issuer.Forgery, _ time.Time) { f.Header["alg"], f.Sign = "HS256", issuer.SignHMAC },
}

func badNames() string { return strings.Join(slices.Sorted(maps.Keys(bads)), ", ") }

// mint signs a token as asked: an access token of the pool, or an ID token with
// "token_use":"id" among its claims, good but for what is asked for.
func (c *Controls) mint(w http.ResponseWriter, r *http.Request) {
	var in struct {
		UserPool string `json:"user_pool"`
		Bad      string `json:"bad"`
		// Claims and Header replace members, and remove them where null.
		Claims map[string]json.RawMessage `json:"claims"`
		Header map[string]json.RawMessage `json:"header"`
	}
	if !read(w, r, &in) {
		return
	}
	poolID, err := c.pool(r.Context(), in.UserPool)
	if err != nil {
		c.fail(w, r, err)
		return
	}
	spoil := bads[in.Bad]
	if in.Bad != "" && spoil == nil {
		problem(w, http.StatusBadRequest, fmt.Sprintf("%q is no way to be bad: %s", in.Bad, badNames()))
		return
	}
	id := string(in.Claims["token_use"]) == `"id"`
	client, err := c.client(r.Context(), poolID)
	if given := in.Claims["client_id"] != nil || in.Claims["aud"] != nil; err != nil && (!given || !errors.Is(err, errNoClient)) {
		c.fail(w, r, err)
		return
	}
	forgery, err := c.Issuer.Forge(r.Context(), poolID, client, id)
	if err != nil {
		c.fail(w, r, err)
		return
	}
	if spoil != nil {
		spoil(&forgery, c.Clock.Now())
	}
	merge(forgery.Claims, in.Claims)
	merge(forgery.Header, in.Header)
	token, err := c.Issuer.Mint(r.Context(), poolID, forgery)
	if err != nil {
		c.fail(w, r, err)
		return
	}
	answer(w, map[string]string{"token": token})
}

const errNoClient = requestError("the user pool has no app client: give client_id, or aud, among the claims")

// client returns the ID of the pool's first client that people sign in at, or else
// of the first one.
func (c *Controls) client(ctx context.Context, poolID string) (id string, err error) {
	err = c.Store.View(ctx, func(tx store.Tx) error {
		for client, err := range directory.Clients(tx, poolID, "") {
			if err != nil {
				return err
			}
			machine := client.AllowsOAuth(directory.FlowClientCredentials)
			if id == "" || !machine {
				id = client.ID
			}
			if !machine {
				return nil
			}
		}
		return nil
	})
	if err == nil && id == "" {
		err = errNoClient
	}
	return id, err
}

func merge(into issuer.Claims, changes map[string]json.RawMessage) {
	for name, value := range changes {
		if string(value) == "null" {
			delete(into, name)
			continue
		}
		into[name] = value
	}
}
