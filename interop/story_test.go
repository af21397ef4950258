package interop

import (
	"bytes"
	"encoding/json"
	"os/exec"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/poolguard/poolguard/cognito"
)

// A refusal is an error as a client's user sees it.
type refusal struct {
	Name    string `json:"name"`
	Message string `json:"message"`
}

// A step is what a program reports of one step of its story.
type step struct {
	Step    string          `json:"step"`
	OK      bool            `json:"ok"`
	MS      int             `json:"ms"`      // how long it took
	Error   *thrown         `json:"error"`   // where it is not OK
	Refused *refusal        `json:"refused"` // the refusal that the step is about
	Tokens  *poolTokens     `json:"tokens"`
	Saw     json.RawMessage `json:"saw"`
}

type thrown struct {
	refusal
	Stack string `json:"stack"`
}

// An act is what is expected of a step.
type act struct {
	step string // "kind: what"
	// refused is the refusal that is due. Where it has no message, what Cognito says
	// is not known, and any will do.
	refused *refusal
	// saw is what the client must have seen.
	saw string
	// tokens says that the step yields tokens, which both verifiers must accept.
	tokens bool
}

// Kinds of steps that every client's story must have; scripts/test-clients.sh makes
// them the columns of its table. OpenID Connect knows no signing up.
var (
	oauthKinds = []string{"sign-in", "wrong password", "tokens", "refresh", "rotation", "revoke", "sign-out"}
	kinds      = append([]string{"sign-up"}, oauthKinds...)
)

// The refusals that most stories meet.
var (
	wrongPassword  = &refusal{"NotAuthorizedException", "Incorrect username or password."}
	refreshRevoked = &refusal{"NotAuthorizedException", "Refresh Token has been revoked"}
	accessRevoked  = &refusal{"NotAuthorizedException", "Access Token has been revoked"}
	wrongCode      = &refusal{"CodeMismatchException", "Invalid verification code provided, please try again."}
	reused         = &refusal{Name: "RefreshTokenReuseException"}
	noRefreshFlow  = &refusal{Name: "InvalidParameterException"}
	notConfirmed   = &refusal{"UserNotConfirmedException", "User is not confirmed."}
)

// play runs one of the programs in nodeDirectory on the pool, and judges what it
// reports.
func (s *served) play(t *testing.T, program string, acts []act) {
	t.Helper()
	s.judge(t, s.report(t, program), acts, kinds)
}

// playOAuth does the same with a client of the OAuth endpoints.
func (s *served) playOAuth(t *testing.T, program string, acts []act) {
	t.Helper()
	s.judge(t, s.report(t, program), acts, oauthKinds)
}

func (s *served) report(t *testing.T, program string) []step {
	t.Helper()
	node := needNode(t)
	input, err := json.Marshal(s.description())
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), node, program)
	cmd.Dir = nodeDirectory
	cmd.Stdin = bytes.NewReader(input)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err = cmd.Run()
	var steps []step
	for lines := json.NewDecoder(&stdout); lines.More(); {
		var one step
		if err := lines.Decode(&one); err != nil {
			t.Fatalf("%s printed what is no step: %v", program, err)
		}
		steps = append(steps, one)
	}
	if err != nil {
		t.Errorf("%s: %v\n%s", program, err, &stderr)
	}
	return steps
}

// description is what a program reads. Members are as the programs' code has them.
func (s *served) description() map[string]any {
	return map[string]any{
		"url": s.URL, "poolId": poolID, "region": region, "issuer": s.Issuer, "stage": s.Stage,
		"web":      map[string]string{"id": webClient},
		"backend":  map[string]string{"id": backendClient, "secret": backendSecret},
		"rotating": map[string]string{"id": rotatingClient},
		"machine":  map[string]string{"id": machineClient, "secret": machineSecret},
		"callback": callback, "signOut": signOutURL, "api": apiURL,
		"username": "anaya", "password": password, "groups": []string{"staff"},
	}
}

// judge compares what happened with what was due, step by step.
func (s *served) judge(t *testing.T, steps []step, acts []act, due []string) {
	t.Helper()
	for _, kind := range due {
		if !hasKind(acts, kind) {
			t.Errorf("the story has no step %q", kind)
		}
	}
	found := map[string]step{}
	for _, one := range steps {
		if _, again := found[one.Step]; again {
			t.Errorf("step %q comes twice", one.Step)
		}
		found[one.Step] = one
	}
	verdicts := s.verdicts(t, steps)
	for _, due := range acts {
		t.Run(due.step, func(t *testing.T) {
			one, ok := found[due.step]
			delete(found, due.step)
			if !ok {
				t.Fatal("did not happen")
			}
			due.judge(t, one)
			if due.tokens {
				s.checkBoth(t, one.Tokens, verdicts[due.step])
			}
		})
	}
	for name := range found {
		t.Errorf("step %q was not expected", name)
	}
}

func (due *act) judge(t *testing.T, one step) {
	t.Helper()
	if !one.OK {
		t.Fatalf("threw %s: %s\n%s", one.Error.Name, one.Error.Message, one.Error.Stack)
	}
	if due.refused != nil && due.refused.Message == "" && one.Refused != nil {
		one.Refused.Message = ""
	}
	if diff := cmp.Diff(due.refused, one.Refused); diff != "" {
		t.Errorf("refusal (-due +seen):\n%s", diff)
	}
	if due.saw != "" {
		var want, got any
		if err := json.Unmarshal([]byte(due.saw), &want); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(one.Saw, &got); err != nil {
			t.Fatalf("saw %q: %v", one.Saw, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("saw (-due +seen):\n%s", diff)
		}
	}
	if due.tokens != (one.Tokens != nil) {
		t.Errorf("tokens: %v, due: %v", one.Tokens != nil, due.tokens)
	}
}

// verdicts has aws-jwt-verify judge the tokens of all steps. In the two of a step,
// the access token's is the first.
func (s *served) verdicts(t *testing.T, steps []step) map[string][]verdict {
	t.Helper()
	var jobs []job
	var of []string
	pool := jobPool{UserPoolID: poolID, ClientID: allClients}
	if s.isLocal() {
		pool.Issuer = s.Issuer
	}
	for _, one := range steps {
		if one.Tokens == nil {
			continue
		}
		jobs = append(jobs, job{[]jobPool{pool}, cognito.TokenUseAccess, one.Tokens.Access})
		of = append(of, one.Step)
		if one.Tokens.ID != "" {
			jobs = append(jobs, job{[]jobPool{pool}, cognito.TokenUseID, one.Tokens.ID})
			of = append(of, one.Step)
		}
	}
	found := map[string][]verdict{}
	if len(jobs) == 0 {
		return found
	}
	for n, v := range s.askAWS(t, jobs) {
		found[of[n]] = append(found[of[n]], v)
	}
	return found
}

// checkBoth demands that this project's verifier and Amazon's accept the tokens of a
// step.
func (s *served) checkBoth(t *testing.T, tokens *poolTokens, verdicts []verdict) {
	t.Helper()
	if tokens == nil {
		return
	}
	s.checkOurs(t, tokens)
	for n, v := range verdicts {
		if !v.Valid {
			t.Errorf("aws-jwt-verify refuses token %d: %s %s", n, v.Error, v.Message)
		}
	}
}

// checkTheirs demands that both accept tokens of no program.
func (s *served) checkTheirs(t *testing.T, tokens *poolTokens) {
	t.Helper()
	s.checkBoth(t, tokens, s.verdicts(t, []step{{Step: "it", Tokens: tokens}})["it"])
}

// checkOurs demands that this project's verifier accepts the tokens, and that they
// are of one sign-in.
func (s *served) checkOurs(t *testing.T, tokens *poolTokens) {
	t.Helper()
	verifier := s.verifier(t)
	access, err := verifier.VerifyAccessToken(t.Context(), tokens.Access)
	if err != nil {
		t.Fatalf("access token: %v", err)
	}
	if access.IsMachine() {
		return
	}
	id, err := verifier.VerifyIDToken(t.Context(), tokens.ID)
	if err != nil {
		t.Fatalf("ID token: %v", err)
	}
	if id.Subject() != access.Subject() || id.OriginTokenID() != access.OriginTokenID() || id.Username() != access.Username() ||
		!id.AuthTime().Equal(access.AuthTime()) || id.KeyID() == access.KeyID() {
		t.Errorf("tokens of one sign-in differ:\n%s\n%s", access.RawClaims(), id.RawClaims())
	}
}

func hasKind(acts []act, kind string) bool {
	for _, due := range acts {
		if len(due.step) > len(kind) && due.step[:len(kind)+1] == kind+":" {
			return true
		}
	}
	return false
}
