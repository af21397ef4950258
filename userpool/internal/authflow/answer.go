package authflow

import (
	"context"
	"errors"

	"github.com/poolguard/poolguard/userpool/internal/directory"
	"github.com/poolguard/poolguard/userpool/internal/issuer"
	"github.com/poolguard/poolguard/userpool/internal/store"
)

// Answer says whose answer it is that comes. Username may be empty where the
// session alone says so, as on the hosted pages.
type Answer struct{ Session, Username string }

// wrongAnswerError marks a wrong answer, which leaves the session open.
type wrongAnswerError struct{ error }

func (e wrongAnswerError) Unwrap() error { return e.error }

// answer lets judge look at the challenge of a session, in one transaction: of
// several answers one gets through. judge may change the user. A wrong answer
// (wrongAnswerError) is counted, and what judge changed is kept; any other error
// changes nothing.
func (s *Service) answer(ctx context.Context, client directory.Client, by Answer, name string, judge func(a *attempt) error) (Step, error) {
	var step Step
	var refusal error
	err := s.Store.Update(ctx, func(tx store.Tx) error {
		step, refusal = Step{}, nil
		a, err := s.open(tx, by.Session, name)
		if err != nil {
			return err
		}
		if a.ClientID != client.ID || !s.names(tx, a, by.Username) {
			return ErrSessionInvalid
		}
		if err := s.checkStatus(a.user); err != nil {
			return err
		}
		err = judge(&a)
		if wrong := (wrongAnswerError{}); errors.As(err, &wrong) {
			refusal = wrong.error
			if err := s.count(tx, by.Session, a); err != nil {
				return err
			}
			return directory.PutUser(tx, a.pool, a.user)
		}
		if err != nil {
			return err
		}
		if err := spend(tx, by.Session, a); err != nil {
			return err
		}
		if err := directory.PutUser(tx, a.pool, a.user); err != nil {
			return err
		}
		step, err = s.next(tx, a, a.Methods)
		return err
	})
	return step, errors.Join(err, refusal)
}

// count files a wrong answer. The last one that is allowed ends the session.
func (s *Service) count(tx store.Tx, session string, a attempt) error {
	a.Attempts++
	if a.Attempts >= maxAttempts {
		return spend(tx, session, a)
	}
	return directory.PutChallenge(tx, session, a.Challenge)
}

// Complete begins the sign-in that a step without a challenge allows, with an ID
// token, an access token of those scopes and a refresh token.
func (s *Service) Complete(ctx context.Context, pool directory.Pool, client directory.Client, step Step, scopes ...string) (Tokens, error) {
	signIn := s.Start(client, step.User, scopes, step.Methods)
	var subject issuer.Subject
	var refresh string
	err := s.Store.Update(ctx, func(tx store.Tx) error {
		var err error
		if subject, err = SubjectOf(tx, pool, client, signIn); err != nil {
			return err
		}
		signIn.SignOuts = subject.User.SignOuts
		subject.SignIn = signIn
		refresh, err = s.Keep(tx, signIn, true)
		return err
	})
	if err != nil {
		return Tokens{}, err
	}
	return s.Issue(ctx, subject, true, refresh)
}
