package api

import (
	"encoding/json"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/poolguard/poolguard/userpool/internal/directory"
)

// TestRaces has 64 answers to one session: one gets through.
func TestRaces(t *testing.T) {
	w := newAuthWorld(t)
	secret := w.enrol("ON")
	mfa := w.call("InitiateAuth", passwordAuth(testPassword))
	w.race("RespondToAuthChallenge", answerTo(mfa, fields{"USERNAME": "anaya", "SOFTWARE_TOKEN_MFA_CODE": w.code(secret)}))
	// One code is good for one of two sessions as well.
	w.advance(time.Minute)
	answers := []fields{}
	for range 2 {
		mfa := w.call("InitiateAuth", passwordAuth(testPassword))
		answers = append(answers, answerTo(mfa, fields{"USERNAME": "anaya", "SOFTWARE_TOKEN_MFA_CODE": w.code(secret)}))
	}
	w.race("RespondToAuthChallenge", answers[0])
	w.refused("RespondToAuthChallenge", answers[1], "ExpiredCodeException: Your software token has already been used once.")
	w.setPool(func(p *directory.Pool) { p.MFA = "OFF" })
	client, challenge := w.beginSRP("anaya")
	w.race("RespondToAuthChallenge", answerTo(challenge, client.answers(parametersIn(challenge), testPassword, w.clock())))
	w.temporary()
	challenge = w.call("InitiateAuth", passwordAuth(testPassword))
	w.race("RespondToAuthChallenge", answerTo(challenge, fields{"USERNAME": "anaya", "NEW_PASSWORD": "Fr3sh!password"}))
}

// race sends in 64 times at once: one succeeds.
func (w *authWorld) race(action string, in fields) {
	w.t.Helper()
	body, err := json.Marshal(in)
	if err != nil {
		w.t.Fatal(err)
	}
	var won atomic.Int32
	var all sync.WaitGroup
	start := make(chan struct{})
	for range 64 {
		all.Go(func() {
			<-start
			switch rec := w.post(action, string(body)); rec.Code {
			case http.StatusOK:
				won.Add(1)
			case http.StatusBadRequest:
			default:
				w.t.Errorf("%s answered %d %s", action, rec.Code, rec.Body)
			}
		})
	}
	close(start)
	all.Wait()
	if won.Load() != 1 {
		w.t.Errorf("%d of 64 %s got through, want one", won.Load(), action)
	}
}
