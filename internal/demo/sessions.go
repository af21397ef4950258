package demo

import (
	"crypto/rand"
	"sync"
	"time"

	"github.com/poolguard/poolguard/cognito/oauth"
)

// sessions keeps the tokens of the app's users for a while, under the random IDs that
// their cookies have. It is bounded, since anyone who can open the app's page can sign
// in. It is safe for concurrent use.
type sessions struct {
	life time.Duration
	most int

	mu    sync.Mutex // guards the fields below
	kept  map[string]session
	order []string // IDs, oldest first; may have IDs of ended sessions
}

type session struct {
	tokens *oauth.Tokens
	until  time.Time
}

func newSessions(life time.Duration, most int) *sessions {
	return &sessions{life: life, most: most, kept: map[string]session{}}
}

// start keeps tokens and returns the ID of the session.
func (s *sessions) start(tokens *oauth.Tokens) (id string) {
	id = rand.Text()
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	for len(s.order) > 0 && (len(s.order) >= s.most || s.kept[s.order[0]].until.Before(now)) {
		delete(s.kept, s.order[0])
		s.order = s.order[1:]
	}
	s.kept[id] = session{tokens, now.Add(s.life)}
	s.order = append(s.order, id)
	return id
}

func (s *sessions) find(id string) (tokens *oauth.Tokens, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	found, ok := s.kept[id]
	if !ok || time.Now().After(found.until) {
		return nil, false
	}
	return found.tokens, true
}

func (s *sessions) end(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.kept, id)
}
