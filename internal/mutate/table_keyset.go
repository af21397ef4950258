package main

var sourceTests = []tests{{folder: "keyset"}, {folder: "."}}

// fetchMutations breaks one fetch of a key set.
func fetchMutations() []mutation {
	list := append(in("keyset/client.go", sourceTests,
		skip("redirects off the origin followed", "if ", `origin(request.URL) != origin(address)`, " {", "the trust in an address is handed on"),
		edit{"redirects to another port followed", `net.JoinHostPort(strings.ToLower(u.Hostname()), port)`, `strings.ToLower(u.Hostname())`, "another service of the host gives the keys"},
		edit{"redirects to another scheme followed", `return u.Scheme + "://" + net`, `return net`, "a redirect leaves https"},
		edit{"many redirects followed", "if len(via) > mostRedirects {", "if len(via) > 30 {\n\t\t\treturn fmt.Errorf(\"enough\")\n\t\t}\n\t\tif false {", "a chain of redirects takes all of the time"},
		skip("the client's own rule for redirects dropped", "if ", `next != nil`, " {", "what the caller forbade is done"),
	), in("keyset/fetch.go", sourceTests,
		skip("status not asked", "if ", `response.StatusCode != http.StatusOK`, " {", "the body of an error is a key set"),
		edit{"every success is one", `response.StatusCode != http.StatusOK`, `response.StatusCode/100 != 2`, "a part of a set (206) replaces all of it"},
		edit{"half a body let through", "case err != nil:\n\t\treturn nil, fmt.Errorf(\"the answer broke off", "case false:\n\t\treturn nil, fmt.Errorf(\"the answer broke off", "an answer that broke off is called something else"},
		skip("length not compared", "case ", `response.ContentLength >= 0 && int64(len(body)) != response.ContentLength`, ":", "what a transport cut is a whole set"),
		edit{"no time-out", "cancel(fmt.Errorf(\"no complete answer within %v\", r.policy.Timeout))", "_ = cancel", "an address that hangs is waited for, forever"},
		edit{"Retry-After ignored", `got.err.retryAfter = retryAfter(response, now)`, `_ = retryAfter(response, now)`, "an address that asks for rest gets none"},
		edit{"Retry-After without bound", `return min(d, longestBackOff)`, `return d`, "an address can ask for more rest than the longest back-off"},
		edit{"dates in Retry-After without bound", `min(max(at.Sub(now), 0), longestBackOff)`, `max(at.Sub(now), 0)`, "an address can ask for more rest than the longest back-off"},
		edit{"bodies not closed", `defer response.Body.Close()`, `_ = response.Body.Close`, "each fetch keeps its connection"},
		skip("Retry-After of any status", "; ", `code != http.StatusTooManyRequests && code != http.StatusServiceUnavailable`, " {", "a header that means nothing there counts"),
		edit{"max-age as short as it says", `min(max(d, leastMaxAge), mostMaxAge)`, `min(d, mostMaxAge)`, "a careless header has the set fetched with each token"},
		edit{"max-age as long as it says", `min(max(d, leastMaxAge), mostMaxAge)`, `max(d, leastMaxAge)`, "a withdrawn key is kept for a year"},
	)...)
	// Only the size of what is read differs, which the whole verifier's test of a huge
	// answer counts.
	huge := []tests{{folder: "internal/faults", run: "TestFaultyEndpoint/50_MB"}}
	return append(list, in("keyset/fetch.go", huge,
		edit{"size of answers not limited", `io.LimitReader(response.Body, MaxBytes+1)`, `response.Body`, "an endless answer fills the memory"},
	)...)
}

// refreshMutations breaks when sets are fetched, and how long they are used.
func refreshMutations() []mutation {
	list := append(in("keyset/policy.go", sourceTests,
		skip("negative durations let through", "if ", `*f.value < 0`, " {", "a policy that means nothing is one"),
		skip("a max age under the cool-down let through", "if ", `p.MaxAge < p.CoolDown`, " {", "a policy that cannot be kept is one"),
		skip("a stale limit under the max age let through", "if ", `p.Stale < p.MaxAge`, " {", "a policy that cannot be kept is one"),
		edit{"back-off does not double", `d *= 2; d >= longest`, `d *= 1; d >= longest`, "an address that fails is asked every ten seconds"},
		edit{"back-off without bound", `d = max(base, min(d, longest*4/5))` + "\n\treturn min(lengthen(d, jitter), longest)", "return lengthen(base<<min(failures-1, 30), jitter)", "recovery takes days"},
		edit{"jitter shortens", `return d + time.Duration(`, `return d - time.Duration(`, "attempts come closer than the cool-down"},
		edit{"no jitter", `float64(d/4)*jitter`, `float64(d/4)*0*jitter`, "a fleet comes back in step"},
		edit{"refresh at max age only", `(0.75 + 0.15*jitter)`, `(1 + 0*jitter)`, "each max age a token has to wait"},
	), in("keyset/refresh.go", sourceTests,
		edit{"a set past its max age used as it is", `if satisfies && (now.Before(s.expiresAt) || s.lastErr != nil) {`, `if satisfies {`, "after an idle day a withdrawn key is good once more"},
		edit{"no refresh in the background", `if !now.Before(s.refreshAt) {`, `if false && !now.Before(s.refreshAt) {`, "each max age a token has to wait"},
		edit{"every caller waits for a failing address", ` || s.lastErr != nil) {`, `) {`, "one hanging address slows every token"},
		edit{"no cool-down", `s.flight == nil && !now.Before(s.gateFrom.Add(s.spacing))`, `s.flight == nil`, "each forged token is a fetch"},
		edit{"many fetches at once", `s.flight == nil && !now.Before(s.gateFrom.Add(s.spacing))`, `!now.Before(s.gateFrom.Add(s.spacing))`, "a cold start is a stampede"},
		edit{"cool-down after a success forgotten", `s.gateFrom, s.spacing = started, r.policy.CoolDown`, `s.gateFrom, s.spacing = started, 0`, "each forged token is a fetch"},
		edit{"failures not counted", `s.failures++`, `s.failures = 1`, "the back-off stays at its first step"},
		edit{"back-off from the start of a failure", "s.gateFrom = now\n\t\ts.spacing", "s.gateFrom = started\n\t\ts.spacing", "an address that hangs is asked without a pause"},
		edit{"Retry-After not waited for", `lengthen(got.err.retryAfter, jitter)`, `0`, "an address that asks for rest gets none"},
		edit{"Retry-After without jitter", `lengthen(got.err.retryAfter, jitter)`, `got.err.retryAfter`, "a fleet comes back in step"},
		edit{"a usable set not used for want of time", `errors.Is(cause, context.DeadlineExceeded) && s.usable`, `false && s.usable`, "a hanging refresh has good tokens refused"},
		edit{"a set past its max age used for who went away", `errors.Is(cause, context.DeadlineExceeded) && s.usable`, `s.usable`, "who has a withdrawn key gains by leaving"},
		edit{"a stale set used for want of time", `s.usable(now) && satisfied(s.held) {`, `s.held != nil && satisfied(s.held) {`, "keys are used for ever while the address fails"},
		edit{"unknown names known for want of time", `s.usable(now) && satisfied(s.held) {`, `s.usable(now) {`, "a new key's tokens are called bad where callers are impatient"},
		edit{"an outcome lost to a context that ended", "select {\n\tcase <-c:\n\t\treturn true\n\tdefault:", "select {\n\tdefault:", "who has what he waited for is told that he gave up"},
		edit{"a failure drops the set", `s.lastErr = got.err`, `s.lastErr, s.held = got.err, nil`, "one bad answer ends the service"},
		edit{"keys that stayed get new pointers", `got.set.adopt(s.held)`, `_ = s.held`, "each refresh empties the cache"},
		edit{"a stale set used", "case !usable:\n", "case s.held == nil:\n", "keys are used for ever while the address fails"},
		edit{"unknown names known while failing", "case s.lastErr != nil:\n\t\treturn s.held, nil, r.unavailable(now)", "case s.lastErr != nil:\n\t\treturn s.held, nil, nil", "a new key's tokens are called bad in an outage"},
		edit{"callers do not give up", "case <-ctx.Done():\n\t}\n\t// Where", "case <-ctx.Done():\n\t\t<-c\n\t}\n\t// Where", "who gave up waits on"},
		edit{"giving up hides the context's error", `err.cause = cause`, `_ = cause`, "who gave up cannot tell that he did"},
	)...)
	return append(append(list, in("keyset/state.go", sourceTests,
		edit{"a stale set is usable", `s.held != nil && now.Before(s.staleAt)`, `s.held != nil`, "keys are used for ever while the address fails"},
		edit{"a stale set is usable at its second", `s.held != nil && now.Before(s.staleAt)`, `s.held != nil && !now.After(s.staleAt)`, "the limit is not what is documented"},
		edit{"the view outlasts the stale limit", `if v.until.After(s.staleAt) {`, `if false && v.until.After(s.staleAt) {`, "keys are used past their limit without a look"},
		edit{"the view outlasts the refresh", `v.until = later(s.refreshAt, s.gateFrom.Add(s.spacing))`, `v.until = s.staleAt`, "nothing is refreshed before it is stale"},
		edit{"keys of the former set kept", "\ts.held = set\n", "\tif s.held != nil {\n\t\tfor id, key := range s.held.byID {\n\t\t\tif _, ok := set.byID[id]; !ok {\n\t\t\t\tset.byID[id] = key\n\t\t\t}\n\t\t}\n\t}\n\ts.held = set\n", "a withdrawn key is never forgotten"},
		edit{"Cache-Control beyond the stale limit", `maxAge = min(maxAge, r.policy.Stale)`, `maxAge = max(maxAge, 0)`, "a header prolongs what the policy limits"},
		edit{"known tokens' keys compared by name", `return v.set.has(key)`, "_, ok := v.set.Key(key.id)\n\treturn ok", "a replaced key stays good for what is cached"},
		edit{"known tokens' keys hold at any time", ` || !v.covers(now)`, ``, "stale keys stay good for what is cached"},
		edit{"a clock set back not noticed by the set", `s.held != nil && now.Before(s.fetchedAt)`, `false && s.held != nil`, "a set is fresh until the clock has caught up"},
		edit{"a clock set back not noticed by the gate", "if now.Before(s.gateFrom) {", "if false && now.Before(s.gateFrom) {", "nothing is fetched until the clock has caught up"},
		edit{"the view not corrected with the clock", "\tif back {\n", "\tif false && back {\n", "stale keys are used once a clock that was set back has caught up"},
		edit{"a view in a future that was", `return !now.Before(v.from) && now.Before(v.until)`, `return now.Before(v.until)`, "a set is fresh until the clock has caught up"},
		edit{"403 is no absence", `s.lastErr.status == 403 || `, ``, "a pool that was not switched is an outage"},
		edit{"404 is no absence", ` || s.lastErr.status == 404`, ``, "a pool that was not switched is an outage"},
		edit{"absent though it was there", `return s.held == nil && s.lastErr != nil`, `return s.lastErr != nil`, "an outage makes an issuer one that is not used"},
		edit{"RetryAfter says nothing", `err.retryAfter = wait`, `_ = wait`, "clients come back when nothing can have changed"},
	)...), in("keyset/remote.go", sourceTests,
		edit{"plain http to any host", `u.Scheme == "http" && !allowPlain && !isLoopback(u.Hostname())`, `u.Scheme == "http" && !allowPlain && false`, "who is on the way gives the keys"},
		edit{"passwords in addresses let through", `case u.User != nil:`, `case u.User != nil && false:`, "a password is logged"},
		edit{"no time in the fast path", `v != nil && v.covers(r.clock.Now())`, `v != nil`, "nothing is refreshed, and stale keys are used"},
		edit{"the empty name asked for", "if id == \"\" {\n\t\treturn nil, ErrKeyNotFound", "if false {\n\t\treturn nil, ErrKeyNotFound", "a token without a kid is a fetch"},
		edit{"a bad signature asks for nothing", `return set.replacement(old) != nil }`, `return set != nil }`, "a key replaced under its name is found at the next refresh only"},
	)...)
}

// fileMutations breaks copies, files and what never changes.
func fileMutations() []mutation {
	return append(append(in("keyset/copyfile.go", sourceTests,
		edit{"a stale copy used", `if age >= r.policy.Stale {`, `if false && age >= r.policy.Stale {`, "a file of last year gives the keys"},
		// Whether recall calls a copy fresh is not here: whoever asked looks at its age once more.
		edit{"a copy counts as fetched now", `r.hold(set, written, `, `r.hold(set, now, `, "a copy never gets old"},
		edit{"a copy from the future", `written = now.Add(-r.policy.MaxAge)`, `_ = now`, "a copy is fresh until the clock has caught up"},
		edit{"a copy from the future is fresh", `written = now.Add(-r.policy.MaxAge)`, `written = now`, "a copy is fresh at each start until the clock has caught up"},
		edit{"copies written at the same time", "r.copies.writing.Lock()\n\tdefer r.copies.writing.Unlock()\n", "", "an older set overwrites the newer copy"},
		// That a copy is synced is not here: only a machine that loses its power can tell.
		edit{"an older set overwrites a newer copy", `newest := r.state.held == set`, `newest := r.state.held == set || true`, "a withdrawn key comes back with the next start"},
		edit{"copies written in place", `return os.Rename(temp.Name(), path)`, `return errors.Join(os.Remove(temp.Name()), os.WriteFile(path, body, 0o644))`, "a killed process leaves half a copy"},
		edit{"a failed attempt leaves its parts", `_ = os.Remove(temp.Name()) // err says what matters`, `_ = temp.Name()`, "a full disk stays full"},
		edit{"copies dated by the file system", `os.Chtimes(temp.Name(), modified, modified)`, `error(nil)`, "the age of a copy is that of another clock"},
		edit{"anything read as a copy", `if !info.Mode().IsRegular() {`, `if false && !info.Mode().IsRegular() {`, "a named pipe stops the start"},
		edit{"a broken copy not told of", `log.Warn("the copy of the key set is not used", "error", reason(err))`, `_ = log`, "nobody learns why a copy is not used"},
	), in("keyset/file.go", sourceTests,
		edit{"a file looked at all the time", `now.Sub(f.lookedAt) >= f.coolDown`, `now.Sub(f.lookedAt) >= 0`, "each forged token reads the disk"},
		edit{"a file never looked at again", `now.Sub(f.lookedAt) >= f.coolDown`, `now.Sub(f.lookedAt) < 0`, "a new key needs a restart"},
		edit{"a clock set back stops looking", `now.Before(f.lookedAt) || `, ``, "a file is not looked at until the clock has caught up"},
		edit{"a file of the same size not read", `os.SameFile(a, b) && a.Size() == b.Size() && a.ModTime().Equal(b.ModTime())`, `a.Size() == b.Size()`, "a key replaced in the file is not noticed"},
		edit{"a file of another size not read", `a.Size() == b.Size() && a.ModTime()`, `a.ModTime()`, "a file written in place with its old time is not noticed"},
		edit{"a renamed file not noticed", `os.SameFile(a, b) && a.Size()`, `a.Size()`, "a file put in place with an old time is not noticed"},
		edit{"a young file not read again", `age >= tick {`, `true || age >= tick {`, "the second change within a second is not noticed"},
		edit{"a broken file drops the set", "set, err := Parse(body)\n\tif err != nil {\n\t\treturn err", "set, err := Parse(body)\n\tif err != nil {\n\t\tf.held = nil\n\t\treturn err", "half a file ends the service"},
		edit{"keys that stayed get new pointers", `set.adopt(f.held)`, `_ = f.held`, "each look empties the cache"},
		edit{"a broken file called complete", "if f.lastErr == nil {\n\t\treturn f.held, nil", "if f.held != nil {\n\t\treturn f.held, nil", "a new key's tokens are called bad while the file is broken"},
		edit{"a fixed name's key kept for ever", `v.covers(f.clock.Now())`, `true`, "a changed file is not noticed while its keys are asked for"},
	)...), in("keyset/static.go", sourceTests,
		edit{"known tokens' keys not compared", `return key != nil && s.set.has(key)`, `return key != nil`, "a key of another source holds"},
	)...)
}
