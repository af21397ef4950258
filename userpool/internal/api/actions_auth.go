package api

func (a *API) authActions() map[string]action { return map[string]action{} }
