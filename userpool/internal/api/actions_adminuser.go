package api

func (a *API) adminUserActions() map[string]action { return map[string]action{} }
