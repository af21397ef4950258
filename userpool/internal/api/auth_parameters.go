package api

// parameter returns one of AuthParameters or ChallengeResponses, which must be
// there.
func parameter(values map[string]string, name string) (string, error) {
	if values[name] == "" {
		return "", invalidParameter("Missing required parameter %s", name)
	}
	return values[name], nil
}

// parametersOf returns several of them.
func parametersOf(values map[string]string, names ...string) ([]string, error) {
	found := make([]string, len(names))
	for i, name := range names {
		var err error
		if found[i], err = parameter(values, name); err != nil {
			return nil, err
		}
	}
	return found, nil
}
