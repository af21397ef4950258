package directory

import "github.com/poolguard/poolguard/userpool/internal/store"

// UserOfAlias returns the user who has the value of an attribute as an alias, or
// store.ErrNotFound. An attribute that is not an alias in the pool, or that is not
// verified, finds no user.
func UserOfAlias(tx store.Tx, p Pool, attribute, value string) (User, error) {
	if value == "" || !p.IsAlias(attribute) {
		return User{}, store.ErrNotFound
	}
	key, err := aliases.get(tx, join(p.ID, attribute, p.UserKey(value)))
	if err != nil {
		return User{}, err
	}
	return users.get(tx, key)
}
