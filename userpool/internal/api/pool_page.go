package api

import (
	"encoding/base64"
	"iter"
)

// maxPage is what one answer lists at most, and where nothing else is asked for.
const maxPage = 60

// page takes the answer's part of a list that continues after some key, and the
// token for the next, which is "" after the last.
func page[T any](list iter.Seq2[T, error], most *int, key func(T) string) (found []T, next string, err error) {
	limit := maxPage
	if most != nil && *most > 0 {
		limit = *most
	}
	found = []T{}
	for v, err := range list {
		if err != nil {
			return nil, "", err
		}
		if len(found) == limit {
			return found, base64.RawURLEncoding.EncodeToString([]byte(key(found[limit-1]))), nil
		}
		found = append(found, v)
	}
	return found, "", nil
}

// pageOf is page for a list that is sorted by its keys.
func pageOf[T any](list []T, after string, most *int, key func(T) string) (found []T, next string, err error) {
	return page(func(yield func(T, error) bool) {
		for _, v := range list {
			if key(v) > after && !yield(v, nil) {
				return
			}
		}
	}, most, key)
}

// afterKey reads the token that page made. The message for others is a guess.
func afterKey(token string) (string, error) {
	key, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil || token != "" && len(key) == 0 {
		return "", invalidParameter("Invalid pagination token.")
	}
	return string(key), nil
}
