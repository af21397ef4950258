package authflow

import (
	"cmp"
	"context"
	"encoding/base64"
	"errors"
	"time"

	"github.com/poolguard/poolguard/userpool/internal/directory"
	"github.com/poolguard/poolguard/userpool/internal/random"
	"github.com/poolguard/poolguard/userpool/internal/srp"
	"github.com/poolguard/poolguard/userpool/internal/store"
)

// Handshake is what the client of an SRP sign-in needs to prove its password.
type Handshake struct {
	B, Salt string
	// Block is SECRET_BLOCK, under which the server's half is filed.
	Block string
	// User is USER_ID_FOR_SRP.
	User string
}

// maxClockSkew is how far the client's clock may be off. Cognito's bound is not
// known.
const maxClockSkew = 5 * time.Minute

// BeginSRP starts the SRP sign-in of a user by name, sub or alias. If the client hides which
// users exist, an unknown name gets a handshake that no client can finish, with the same
// salt each time. Otherwise the error is ErrNoUser. srp.ErrPublicValue is a fault of the
// client.
func (s *Service) BeginSRP(ctx context.Context, pool directory.Pool, client directory.Client, name, publicA string) (Handshake, error) {
	u, err := s.findUser(ctx, pool, name)
	verifier, id := u.Password, u.Username
	unknown := errors.Is(err, ErrNoUser) && client.HideUnknownUsers
	switch {
	case err != nil && !unknown:
		return Handshake{}, err
	case unknown:
		id = s.decoyID(pool, name)
		fallthrough
	case len(verifier.V) == 0: // one of an external provider
		if verifier, err = srp.Decoy(s.decoy, pool.SRPName(), pool.UserKey(name)); err != nil {
			return Handshake{}, err
		}
	}
	begun, err := srp.Begin(s.Random, verifier, publicA)
	if err != nil {
		return Handshake{}, err
	}
	var block, tried string
	if unknown {
		tried = name
	}
	err = s.Store.Update(ctx, func(tx store.Tx) error {
		var err error
		block, err = s.file(tx, attempt{pool: pool, client: client, user: u}, directory.Challenge{
			Name: ChallengeSRP, SRPUser: id, Tried: tried, Handshake: &begun,
		})
		return err
	})
	return Handshake{B: begun.B, Salt: begun.Salt, Block: block, User: id}, err
}

// decoyID is USER_ID_FOR_SRP of a user who does not exist: where user names are
// UUIDs, one that stays the same, as Cognito's does.
// https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pool-managing-errors.html
func (s *Service) decoyID(pool directory.Pool, name string) string {
	if len(pool.UsernameAttributes) == 0 {
		return name
	}
	id := random.DerivedUUID(string(s.decoy), pool.ID, pool.UserKey(name))
	return id[:14] + "4" + id[15:] // the version of real ones
}

// Proof answers PASSWORD_VERIFIER.
type Proof struct {
	Username  string
	Block     string
	Timestamp string
	Signature string
}

// AnswerSRP judges a proof and returns the user, as CheckPassword does. A handshake
// takes one answer, right or wrong. An answer to none is ErrWrongPassword;
// srp.ErrTimestamp is about one that is no time at all.
func (s *Service) AnswerSRP(ctx context.Context, client directory.Client, proof Proof) (directory.User, error) {
	at, timeErr := srp.ParseTimestamp(proof.Timestamp)
	if _, err := time.Parse("Mon Jan 2 15:04:05 MST 2006", proof.Timestamp); timeErr != nil && err != nil {
		return directory.User{}, timeErr
	}
	var a attempt
	err := s.Store.Update(ctx, func(tx store.Tx) error {
		var err error
		if a, err = s.open(tx, proof.Block, ChallengeSRP); err != nil {
			return err
		}
		if a.ClientID != client.ID || !s.names(tx, a, proof.Username) {
			return ErrSessionInvalid
		}
		return spend(tx, proof.Block, a)
	})
	if errors.Is(err, ErrSessionInvalid) || errors.Is(err, ErrSessionUsed) {
		return directory.User{}, ErrWrongPassword
	}
	if err != nil {
		return directory.User{}, err
	}
	locked := s.isLocked(a.user.LockedUntil)
	if a.Sub == "" {
		if locked, err = s.unknownLocked(ctx, a.pool, a.Tried); err != nil {
			return directory.User{}, err
		}
	}
	if locked {
		return directory.User{}, ErrLocked
	}
	// A time that clients do not write is signed in Cognito's own way there: it is
	// never the one that was signed here.
	inTime := timeErr == nil && at.Sub(s.Now()).Abs() <= maxClockSkew
	block, err := base64.StdEncoding.DecodeString(proof.Block)
	proved := err == nil && a.Handshake.Proves(a.pool.SRPName(), a.SRPUser, block, proof.Timestamp, proof.Signature)
	switch {
	case a.Sub == "":
		return directory.User{}, cmp.Or(s.recordUnknownAttempt(ctx, a.pool, a.Tried), ErrNoUser)
	case !proved || !inTime:
		return directory.User{}, cmp.Or(s.recordAttempt(ctx, a.pool, a.user, false), wrongPassword(a.user))
	}
	if err := s.recordAttempt(ctx, a.pool, a.user, true); err != nil {
		return directory.User{}, err
	}
	return a.user, s.checkStatus(a.user)
}

// names reports whether a name that came with an answer is that of the one whose
// challenge it is: USER_ID_FOR_SRP, or an alias.
func (s *Service) names(tx store.Tx, a attempt, name string) bool {
	if name == "" && a.Name != ChallengeSRP && a.Name != ChallengeSelect {
		return true
	}
	for _, known := range []string{a.SRPUser, a.user.Username} {
		if known != "" && a.pool.UserKey(name) == a.pool.UserKey(known) {
			return true
		}
	}
	u, err := directory.FindSignIn(tx, a.pool, name)
	return err == nil && u.Sub == a.user.Sub
}

// BeginChoice files a sign-in whose user has yet to choose how to prove the
// password (USER_AUTH), and returns its session.
func (s *Service) BeginChoice(ctx context.Context, pool directory.Pool, client directory.Client, name string) (session string, err error) {
	u, err := s.findUser(ctx, pool, name)
	if unknown := errors.Is(err, ErrNoUser) && client.HideUnknownUsers; err != nil && !unknown {
		return "", err
	}
	err = s.Store.Update(ctx, func(tx store.Tx) error {
		session, err = s.file(tx, attempt{pool: pool, client: client, user: u}, directory.Challenge{
			Name: ChallengeSelect, SRPUser: name,
		})
		return err
	})
	return session, err
}

// TakeChoice ends the session of a choice and returns the name that it was made
// for. username is the one that came with the answer.
func (s *Service) TakeChoice(ctx context.Context, client directory.Client, session, username string) (name string, err error) {
	err = s.Store.Update(ctx, func(tx store.Tx) error {
		a, err := s.open(tx, session, ChallengeSelect)
		if err != nil {
			return err
		}
		if a.ClientID != client.ID || !s.names(tx, a, username) {
			return ErrSessionInvalid
		}
		name = a.SRPUser
		return spend(tx, session, a)
	})
	return name, err
}
