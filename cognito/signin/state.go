package signin

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/poolguard/poolguard/cognito/oauth"
	"github.com/poolguard/poolguard/cognito/signin/internal/seal"
)

// A state is a session as it was loaded: the record, and what was sealed in it.
type state struct {
	id      seal.ID
	record  Record
	content content
}

// content is sealed in a record. It has the texts of tokens, so no error and no log may
// contain it.
type content struct {
	Subject string    `json:"subject"`
	Client  string    `json:"client"`
	Access  string    `json:"access"`
	ID      string    `json:"id"`
	Refresh string    `json:"refresh"`
	From    time.Time `json:"from"`  // when the tokens were received
	Until   time.Time `json:"until"` // when the first of them expires
}

// Format writes "[redacted]" under every verb.
func (content) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "[redacted]") }

// setTokens takes the tokens of the user pool. Without a new refresh token the old one
// stays.
func (c *content) setTokens(tokens *oauth.Tokens, now time.Time) {
	c.Subject, c.Client = tokens.ID.Subject(), tokens.ID.ClientID()
	c.Access, c.ID = string(tokens.RawAccess), string(tokens.RawID)
	if tokens.Refresh != "" {
		c.Refresh = string(tokens.Refresh)
	}
	c.From, c.Until = now, tokens.ExpiresAt
}

// additionalData binds the content to its place: to the fields of the record outside of the
// seal, and to its version. A store cannot exchange any of them.
func additionalData(r *Record, version uint64) []byte {
	number := func(t time.Time) string { return strconv.FormatInt(t.UnixMilli(), 10) }
	return seal.AppendParts(nil, "1", string(r.Key[:]), r.UserPool, string(r.Person[:]), r.Host,
		number(r.CreatedAt), number(r.ExpiresAt), strconv.FormatUint(version, 10))
}

// sealed returns the content of st, sealed for a version.
func (h *Handler) sealed(st *state, version uint64) ([]byte, error) {
	plain, err := json.Marshal(&st.content)
	if err != nil {
		return nil, err
	}
	return h.ring.Seal(st.id, plain, additionalData(&st.record, version))
}

// persons returns the names of a user in the store, one for each key.
func (h *Handler) persons(userPool, subject string) (persons []Person) {
	for _, mac := range h.ring.MACs("person", userPool, subject) {
		persons = append(persons, Person(mac))
	}
	return persons
}

// create starts a session with a new ID, so an ID that was known before the sign-in is of no
// use (session fixation).
func (h *Handler) create(ctx context.Context, s *site, tokens *oauth.Tokens) (*state, error) {
	now := h.now().UTC().Truncate(time.Millisecond)
	st := &state{id: seal.NewID()}
	st.content.setTokens(tokens, now)
	pool := tokens.ID.UserPoolID()
	st.record = Record{
		Key: st.id.Key(), UserPool: pool, Person: h.persons(pool, st.content.Subject)[0], Host: s.host,
		CreatedAt: now, ExpiresAt: now.Add(h.life), Version: 1, LastSeen: now,
	}
	var err error
	if st.record.Sealed, err = h.sealed(st, 1); err != nil {
		return nil, err
	}
	return st, h.store.Create(ctx, st.record)
}

// load returns the session with an ID. A session that has ended is deleted.
func (h *Handler) load(ctx context.Context, s *site, id seal.ID) (*state, error) {
	st, err := h.read(ctx, id)
	switch {
	case errors.Is(err, ErrNotFound), errors.Is(err, seal.ErrClosed):
		return nil, missing(err.Error())
	case err != nil:
		h.warn(ctx, "load", "the store did not answer", err)
		return nil, unavailable(err, "the session could not be looked up; try again", time.Second)
	}
	now := h.now()
	if !now.Before(st.record.ExpiresAt) || now.Sub(st.record.LastSeen) >= h.idle {
		h.end(ctx, st)
		return nil, missing("the session has ended by its limits")
	}
	// A cookie of one host does not open a session of another, unless they share it.
	if h.domain == "" && st.record.Host != s.host || st.record.UserPool != s.app.UserPoolID || st.content.Client != s.app.Client.ClientID {
		return nil, missing("the session is for another host or application")
	}
	return st, nil
}

// read loads and opens a record.
func (h *Handler) read(ctx context.Context, id seal.ID) (*state, error) {
	key := Key(id.Key())
	record, err := h.store.Load(ctx, key)
	if err != nil {
		return nil, err
	}
	if record.Key != key { // the answer to another call: CVE-2025-29923
		return nil, errors.New("signin: the store returned another session")
	}
	st := &state{id: id, record: record}
	plain, err := h.ring.Open(id, record.Sealed, additionalData(&record, record.Version))
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(plain, &st.content); err != nil {
		return nil, errors.New("signin: the content of a session cannot be read")
	}
	// The key under which the session began is no longer in the ring: its person could not
	// be found for a sign-out everywhere.
	if !slices.Contains(h.persons(record.UserPool, st.content.Subject), record.Person) {
		return nil, fmt.Errorf("%w: the key of its person was removed", seal.ErrClosed)
	}
	return st, nil
}
