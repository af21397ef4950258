package main

// resolveMutations breaks what resolves user pools, and what tells the observer.
func resolveMutations() []mutation {
	resolving := []tests{{folder: ".", run: "TestResolve|TestUserPoolID"}}
	observing := []tests{{folder: ".", run: "TestObserve|TestJoin"}, {folder: "bearer"}}
	list := in("lease.go", resolving,
		edit{"any text asked about", `r == nil || !resolvable(name)`, `r == nil`, "a stranger has anything looked up"},
		edit{"a lease holds forever", `return l == nil || l.good.Load().covers(now.UnixNano())`, `return true`, "a tenant's tokens outlive the tenant"},
		edit{"denials not remembered", `ok && denied.covers(now.UnixNano())`, `ok && now.IsZero() && denied.covers(0)`, "each token of a stranger costs a look-up"},
		edit{"denials remembered forever", `ok && denied.covers(now.UnixNano())`, `ok && denied.until > 0`, "a new tenant is never let in"},
		edit{"each caller asks", `case !joined:`, `default:`, "a crowd asks as often as it is large"},
		edit{"callers wait for who asks again", `(joined || full) && l.usable(now)`, `false`, "a slow directory stops known tenants"},
		edit{"known tokens not asked about", `return err == nil && current == i`, `return err == nil && current != nil`, "a token is judged by the pool that was"},
		edit{"denials do not end the lease", "if old != nil {\n\t\t\told.end()\n\t\t}\n\t\treturn nil, nil", "return nil, nil", "a denied tenant's tokens are good once more"},
		edit{"outages last", `if !stale.covers(now.UnixNano()) {`, `if false && !stale.covers(now.UnixNano()) {`, "while the directory is down a tenant is trusted forever"},
		edit{"an outage asked about each time", `old.good.Store(&again)`, `_ = again`, "a directory that is down is asked for each token"},
		edit{"app clients not compared", `slices.Equal(a.ClientIDs, b.ClientIDs) && `, ``, "an app client that was taken away is accepted"},
		edit{"audiences not compared", ` && slices.Equal(a.Audiences, b.Audiences)`, ``, "an audience that was added is refused"},
		edit{"a name keeps its token", `name = strings.Clone(name)`, `name = strings.TrimSpace(name)`, "made-up issuers take as much memory as the longest tokens"},
		edit{"calls not bounded", `!joined && len(r.flights) >= max(`, `!joined && len(r.flights) < 0 && 0 >= max(`, "a flood outlives those who sent it"},
		edit{"a call that does not end waited for", `case <-f.ctx.Done():`, `case <-make(chan struct{}):`, "a directory that hangs stops every caller"},
		edit{"answers that come too late count", `(err != nil || up != nil)`, `err != nil`, "a tenant's tokens outlive the tenant"},
		edit{"answers are as old as they are heard", `r.extend(l, f.asked)`, `r.extend(l, now)`, "a tenant's tokens outlive the tenant"},
		edit{"sources compared by their type alone", `reflect.ValueOf(a).Comparable() && reflect.ValueOf(b).Comparable()`, `reflect.TypeOf(a).Comparable() && reflect.TypeOf(b).Comparable()`, "an answer takes everything down"},
		edit{"another issuer's time starts before", `now >= s.from && now < s.until`, `now < s.until`, "a clock set back makes a lease longer"},
	)
	list = append(list, in("resolve.go", resolving,
		edit{"any issuer of the pool is trusted", `if i.name == name {`, `if i.name != "" {`, "an answer about one issuer is taken for another"},
		edit{"answers not checked", `if err := errors.Join(faults...); err != nil {`, `if err := errors.Join(faults...); err != nil && up.ID == "" {`, "a pool without app clients is trusted"},
		edit{"a panic ends the process", `if p := recover(); p != nil {`, `if p := error(nil); p != nil {`, "a look-up that panics takes everything down"},
		edit{"an issuer is of the pool at its end", `issuer != original && issuer != updated`, `original == updated`, "an address of a stranger's names a tenant"},
	)...)
	list = append(list, in("verifier.go", resolving,
		edit{"outages called a mismatch", "case err != nil:\n\t\treturn nil, &Error{code: ErrCheckUnavailable", "case err != nil && i != nil:\n\t\treturn nil, &Error{code: ErrCheckUnavailable", "while the directory is down everybody is signed out"},
		edit{"known tokens outlive their tenant", `if !v.resolver.trusts(ctx, t.issuer) {`, `if false {`, "a tenant's tokens outlive the tenant"},
	)...)
	list = append(list, in("cache.go", []tests{{folder: ".", run: "TestResolveMemory"}},
		edit{"pools weigh nothing", `size += poolSize`, `_ = poolSize`, "tokens in the cache keep more pools than the bound"},
	)...)
	list = append(list, in("observer.go", observing,
		edit{"the verdict not told", `seen.Code = refusal.Code()`, `_ = refusal.Code()`, "every token counts as accepted"},
		edit{"claims of forged tokens told", `use == TokenUseAccess || use == TokenUseID`, `use != ""`, "strangers name the metrics"},
		edit{"ends told outside of what started", "\t\tv.ended(ctx, seen)", "\t\tv.ended(context.Background(), seen)", "spans are never ended"},
		edit{"foreign errors not counted", `code = ErrCheckUnavailable`, `code = ""`, "a refusal counts as accepted"},
	)...)
	return append(list, in("bearer/bearer.go", observing,
		edit{"requests without a token not told", `g.config.Verifier.ObserveRefusal(ctx, err)`, `_ = ctx`, "what the middleware refuses is not counted"},
	)...)
}
