package api

func (a *API) poolActions() map[string]action { return map[string]action{} }
