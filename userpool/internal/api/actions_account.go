package api

func (a *API) accountActions() map[string]action { return map[string]action{} }
