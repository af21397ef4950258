package main

// revocationMutations breaks the list of what was revoked, and the check at Cognito.
func revocationMutations() []mutation {
	asked := []tests{{folder: "revocation"}}
	list := in("judge.go", asked,
		skip("the check's own verdict ignored", "if ", `errors.As(err, &own) && own != nil`, " {", "a token that can never be checked is sent again and again"))
	list = append(list, in("revocation/list.go", asked,
		skip("a zero List let through", "if ", `l == nil || l.now == nil`, " {\n\t\treturn false, errNotMade", "a list that nobody made revokes nothing, or brings the process down"),
		edit{"a sign-in's time taken from iat", `if t := says.AuthTime(); !t.IsZero() {`, `if t := says.AuthTime(); false && !t.IsZero() {`, "one refresh outlives \"everything before T\""},
		edit{"sign-ins looked up by jti", `key{kindToken, pool, says.TokenID()}) != nil || l.holds(key{kindSignIn, pool, says.OriginTokenID()})`, `key{kindToken, pool, says.TokenID()}) != nil || l.holds(key{kindSignIn, pool, says.TokenID()})`, "sign-ins are not revoked"},
		edit{"all tokens of a subject revoked", `r != nil && signedIn(says).Before(r.before)`, `r != nil && (signedIn(says).Before(r.before) || true)`, "who signed out everywhere never gets in again"},
		edit{"no leeway after the end", `!now.Before(r.until.Add(l.leeway))`, `!now.Before(r.until)`, "an expired token that a leeway accepts is revoked no more"},
	)...)
	list = append(list, in("revocation/add.go", asked,
		edit{"a full list lets the new one fall", "len(l.records) >= l.max {\n\t\treturn ErrFull", "len(l.records) >= l.max {\n\t\treturn nil", "a revocation is lost, and nobody told"},
		edit{"an earlier end replaces a later", `if e.Until.After(r.until) {`, `if true || e.Until.After(r.until) {`, "a second revocation weakens the first"},
		edit{"what ended stays", `r, _ := heap.Pop(&l.ends).(*record)`, "return\n\t\tr, _ := heap.Pop(&l.ends).(*record)", "a list fills up for good"},
		edit{"a grown filter forgets", `f.add(l.hash(r.kind, r.id))`, `f.add(l.hash(r.kind, k.id))`, "revocations are in the list and not found"},
	)...)
	list = append(list, in("revocation/entry.go", asked,
		skip("an entry without a name let through", "case ", `e.ID == ""`, ":", "one entry revokes all tokens that lack the claim"),
	)...)
	list = append(list, in("revocation/check.go", asked,
		edit{"a failed check forgotten", `return false, errors.Join(failed...)`, `return false, errors.Join(failed[:0]...)`, "what could not be found out is called good"},
	)...)
	list = append(list, in("revocation/online.go", asked,
		edit{"ID tokens let through unasked", `if o.acceptID {`, `if true || o.acceptID {`, "a check that cannot be made is called good"},
		edit{"machine tokens let through unasked", `if o.acceptMachines {`, `if true || o.acceptMachines {`, "a check that cannot be made is called good"},
		edit{"good answers never asked again", `ok && v.covers(o.now())`, `ok && (v.covers(o.now()) || true)`, "a revocation is never noticed"},
		edit{"a clock set back prolongs answers", `!now.Before(v.from) && now.Before(v.until)`, `now.Before(v.until)`, "a revocation is noticed too late"},
		edit{"a revocation forgotten", `case a == answerRevoked && longer:`, `case false && longer:`, "Cognito is asked about revoked tokens all the time"},
		edit{"expired tokens asked about each time", `case a != answerRevoked && !longer:`, `case !longer:`, "an expired token that a leeway accepts is a request each time"},
		edit{"suspended called good", `revoked: a != answerGood`, `revoked: a == answerRevoked`, "a user who must reset the password gets in"},
	)...)
	list = append(list, in("revocation/answer.go", asked,
		edit{"an answer about another user", `case subject:`, `case got:`, "the answer of another pool counts"},
		edit{"any 401 a verdict", `status == http.StatusUnauthorized && said.Error == "invalid_token"`, `status == http.StatusUnauthorized`, "a proxy's 401 signs everybody out"},
		edit{"a verdict with any status", `status == http.StatusUnauthorized && said.Error == "invalid_token"`, `said.Error == "invalid_token"`, "a throttled answer signs people out"},
		skip("GetUser's missing scope a verdict", "if ", `message == missingScope`, " {", "what is misconfigured is called revoked"),
		edit{"GetUser's other exceptions a verdict", "return answerSuspended, nil\n\t}\n\treturn 0, errUnclear", "return answerSuspended, nil\n\t}\n\treturn answerRevoked, nil", "a throttled answer signs people out"},
		skip("GetUser's first subject counts", "if ", `seen != 1`, " {", "an answer about two users is about either"),
	)...)
	return append(list, in("revocation/flight.go", asked,
		edit{"the first caller's end is everybody's", `context.WithTimeout(context.WithoutCancel(ctx), o.timeout)`, `context.WithTimeout(ctx, o.timeout)`, "who gives up takes the others along"},
		edit{"one who leaves ends the request", `f.waiting--; f.waiting > 0 {`, `f.waiting--; false && f.waiting > 0 {`, "who gives up takes the others along"},
		edit{"the last to leave ends nothing", "\tf.cancel()\n\t// Who", "\t// Who", "requests that nobody waits for go on"},
		edit{"a panic ends the process", `if p := recover(); p != nil {`, `if p := error(nil); p != nil {`, "an HTTP client that panics takes everything down"},
		edit{"requests not bounded", `case o.flights.slots <- struct{}{}:`, "case func() chan struct{} { c := make(chan struct{}, 1); return c }() <- struct{}{}:\n\t\treturn ask(ctx)", "a flood of tokens is a flood of requests"},
	)...)
}
