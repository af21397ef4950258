package authflow

import (
	"context"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"slices"
	"time"

	"github.com/poolguard/poolguard/userpool/internal/directory"
	"github.com/poolguard/poolguard/userpool/internal/store"
)

// The challenges of this server, by their names in the API.
const (
	ChallengeSelect      = "SELECT_CHALLENGE"
	ChallengeSRP         = "PASSWORD_VERIFIER"
	ChallengeNewPassword = "NEW_PASSWORD_REQUIRED"
	ChallengeTOTP        = "SOFTWARE_TOKEN_MFA"
	ChallengeMFASetup    = "MFA_SETUP"
)

// The ways in which a session does not lead on.
var (
	ErrSessionInvalid = errors.New("no such session")
	ErrSessionExpired = errors.New("the session has expired")
	ErrSessionUsed    = errors.New("the session was answered before")
)

// maxAttempts bounds the wrong codes of one session.
const maxAttempts = 5

// defaultValidity is AuthSessionValidity where a client says nothing.
const defaultValidity = 3 * time.Minute

// Step is the state of a sign-in that is not complete.
type Step struct {
	// Challenge must be answered next, under Session. "" means that nothing is left
	// to prove: [Service.Complete], or a session of the hosted pages, comes next.
	Challenge string
	Session   string
	User      directory.User
	// Methods are the amr so far.
	Methods []string
}

// Next returns the next step of a user whose password was right, and stores its
// challenge. The answers are [Service.AnswerNewPassword], [Service.AnswerTOTP] and
// [Service.AnswerMFASetup], each of which returns the step after it.
func (s *Service) Next(ctx context.Context, pool directory.Pool, client directory.Client, u directory.User, methods ...Method) (Step, error) {
	amr := make([]string, len(methods))
	for i, m := range methods {
		amr[i] = string(m)
	}
	if due(pool, u, amr) == "" {
		return Step{User: u, Methods: amr}, nil
	}
	var step Step
	err := s.Store.Update(ctx, func(tx store.Tx) error {
		var err error
		step, err = s.next(tx, attempt{pool: pool, client: client, user: u}, amr)
		return err
	})
	return step, err
}

// due returns the challenge that a user must answer before there are tokens, or "".
func due(pool directory.Pool, u directory.User, methods []string) string {
	second := slices.Contains(methods, string(MethodMFA))
	required := pool.MFA == "ON"
	switch {
	case u.Status == directory.ForceChangePassword:
		return ChallengeNewPassword
	case second || pool.MFA != "OPTIONAL" && !required:
		return ""
	case u.TOTPSecret != "" && (u.TOTPEnabled || required):
		return ChallengeTOTP
	case required:
		return ChallengeMFASetup
	}
	return ""
}

// attempt is a challenge with those whom it is about.
type attempt struct {
	directory.Challenge
	pool   directory.Pool
	client directory.Client
	user   directory.User
}

func (s *Service) next(tx store.Tx, a attempt, methods []string) (Step, error) {
	step := Step{Challenge: due(a.pool, a.user, methods), User: a.user, Methods: methods}
	if step.Challenge == "" {
		return step, nil
	}
	var err error
	step.Session, err = s.file(tx, a, directory.Challenge{Name: step.Challenge, Methods: methods})
	return step, err
}

// file stores a challenge of a and returns its session.
func (s *Service) file(tx store.Tx, a attempt, c directory.Challenge) (session string, err error) {
	c.PoolID, c.ClientID, c.Username, c.Sub = a.pool.ID, a.client.ID, a.user.Username, a.user.Sub
	c.ExpiresAt = s.Now().Add(validity(a.client))
	handle := s.newHandle(c.ExpiresAt)
	session = base64.RawURLEncoding.EncodeToString(handle)
	if c.Name == ChallengeSRP {
		// SECRET_BLOCK: clients decode it, some of them padding and all.
		session = base64.StdEncoding.EncodeToString(handle)
	}
	if err := directory.Sweep(tx, s.Now()); err != nil {
		return "", err
	}
	return session, directory.PutChallenge(tx, session, c)
}

func validity(client directory.Client) time.Duration {
	if client.ChallengeValidity == 0 {
		return defaultValidity
	}
	return client.ChallengeValidity
}

// newHandle returns what a session or SECRET_BLOCK is made of: its end, so that an
// expired one is known as such when its record is gone, and 96 random bytes.
func (s *Service) newHandle(end time.Time) []byte {
	return binary.BigEndian.AppendUint64(s.Random.Bytes(96), uint64(max(end.UnixNano(), 0)))
}

// endOf returns when a session ended that newHandle made, or seems to have.
func endOf(session string) time.Time {
	handle, err := base64.RawURLEncoding.DecodeString(session)
	if err != nil {
		handle, err = base64.StdEncoding.DecodeString(session)
	}
	if err != nil || len(handle) != 96+8 {
		return time.Time{}
	}
	return time.Unix(0, int64(binary.BigEndian.Uint64(handle[96:]))) //nolint:gosec // a lie in it harms nobody
}

// open reads the challenge of a session that is to be answered now.
func (s *Service) open(tx store.Tx, session string, names ...string) (attempt, error) {
	c, err := directory.GetChallenge(tx, session)
	if errors.Is(err, store.ErrNotFound) {
		if end := endOf(session); !end.IsZero() && !s.Now().Before(end) {
			return attempt{}, ErrSessionExpired
		}
		return attempt{}, ErrSessionInvalid
	}
	a := attempt{Challenge: c}
	switch {
	case err != nil:
		return a, err
	case !s.Now().Before(c.ExpiresAt):
		return a, ErrSessionExpired
	case c.Name == "":
		return a, ErrSessionUsed
	case !slices.Contains(names, c.Name):
		return a, ErrSessionInvalid
	}
	if a.client, err = directory.GetClient(tx, c.ClientID); err == nil {
		a.pool, err = directory.GetPool(tx, c.PoolID)
	}
	if err == nil && c.Sub != "" {
		a.user, err = directory.GetUser(tx, a.pool, c.Username)
		if err == nil && a.user.Sub != c.Sub {
			err = store.ErrNotFound // a new user of that name
		}
	}
	if errors.Is(err, store.ErrNotFound) {
		return a, ErrSessionInvalid
	}
	return a, err
}

// spend leaves of a challenge only that it was answered.
func spend(tx store.Tx, session string, a attempt) error {
	return directory.PutChallenge(tx, session, directory.Challenge{
		PoolID: a.PoolID, ClientID: a.ClientID, ExpiresAt: a.ExpiresAt,
	})
}
