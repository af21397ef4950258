package nodejs

import "errors"

// A Question is a token and what it is to be judged under.
type Question struct {
	Pools    []QuestionPool `json:"pools"`
	TokenUse string         `json:"tokenUse"` // access, id or any
	Now      int64          `json:"now"`      // Unix seconds
	Token    []byte         `json:"token"`
}

// A QuestionPool is a trusted user pool, with what the addresses of its issuers' key sets
// answer.
type QuestionPool struct {
	ID        string                  `json:"id"`
	ClientIDs []string                `json:"clientIds"`
	KeySets   map[string]KeySetAnswer `json:"keySets"`
}

// A KeySetAnswer is an HTTP answer.
type KeySetAnswer struct {
	Status int    `json:"status"`
	Body   []byte `json:"body"`
}

// Judge returns which verifiers accept the token, by name. One that cannot be set up for
// the question is not among them.
func (p *Process) Judge(question Question) (accepted map[string]bool, err error) {
	request := struct {
		Do string `json:"do"`
		Question
	}{"judge", question}
	var answer struct {
		Accepted map[string]bool `json:"accepted"`
		Error    string          `json:"error"`
	}
	if err := p.Call(request, &answer); err != nil {
		return nil, err
	}
	if answer.Error != "" {
		return nil, errors.New("judging: " + answer.Error)
	}
	return answer.Accepted, nil
}
