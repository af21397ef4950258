package users

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/poolguard/poolguard/userpool/internal/directory"
	"github.com/poolguard/poolguard/userpool/internal/store"
)

// maxPage is the largest number of users or groups in one answer. It is also the default.
const maxPage = 60

// UserPage is some of the users that were asked for.
type UserPage struct {
	Users []directory.User
	Next  string // leads to those after them; "" after the last
}

// Users returns some of a pool's users, in the order of their names: at most limit,
// or 60 where limit is 0. next is "" or what the page before said.
// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_ListUsers.html
func (s *Service) Users(ctx context.Context, pool directory.Pool, filter Filter, limit int, next string) (UserPage, error) {
	return s.users(ctx, pool, filter.Picks, limit, next)
}

// Members returns some of a group's users, as Users does.
// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_ListUsersInGroup.html
func (s *Service) Members(ctx context.Context, pool directory.Pool, group string, limit int, next string) (UserPage, error) {
	err := s.cfg.Store.View(ctx, func(tx store.Tx) error { return groupExists(tx, pool, group) })
	if err != nil {
		return UserPage{}, err
	}
	member := func(u directory.User) bool { return slices.Contains(u.Groups, group) }
	return s.users(ctx, pool, member, limit, next)
}

func (s *Service) users(ctx context.Context, pool directory.Pool, picks func(directory.User) bool, limit int, next string) (UserPage, error) {
	after, err := position(next)
	if err != nil {
		return UserPage{}, err
	}
	if limit <= 0 || limit > maxPage {
		limit = maxPage
	}
	var page UserPage
	err = s.cfg.Store.View(ctx, func(tx store.Tx) error {
		for u, err := range directory.Users(tx, pool, after) {
			switch {
			case err != nil:
				return err
			case !picks(u):
				continue
			case len(page.Users) == limit:
				page.Next = token(page.Users[limit-1].Username)
				return nil
			}
			page.Users = append(page.Users, u)
		}
		return nil
	})
	if err != nil {
		return UserPage{}, fmt.Errorf("reading users: %w", err)
	}
	return page, nil
}

// GroupPage is some of the groups that were asked for.
type GroupPage struct {
	Groups []directory.Group
	Next   string
}

// GroupsOf returns some of a user's groups, in the order of their names.
// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminListGroupsForUser.html
func (s *Service) GroupsOf(ctx context.Context, pool directory.Pool, name string, limit int, next string) (GroupPage, error) {
	after, err := position(next)
	if err != nil {
		return GroupPage{}, err
	}
	if limit <= 0 || limit > maxPage {
		limit = maxPage
	}
	var page GroupPage
	err = s.cfg.Store.View(ctx, func(tx store.Tx) error {
		u, err := directory.FindUser(tx, pool, name)
		if err != nil {
			return err
		}
		names := slices.Sorted(slices.Values(u.Groups))
		names = slices.DeleteFunc(names, func(n string) bool { return n <= after })
		if len(names) > limit {
			names = names[:limit]
			page.Next = token(names[limit-1])
		}
		for _, n := range names {
			g, err := directory.GetGroup(tx, pool.ID, n)
			if errors.Is(err, store.ErrNotFound) {
				continue
			}
			if err != nil {
				return err
			}
			page.Groups = append(page.Groups, g)
		}
		return nil
	})
	if errors.Is(err, store.ErrNotFound) {
		return GroupPage{}, errNoSuchUser
	}
	return page, err
}

// A page's token says after which name to go on. It is no secret and no promise:
// what it holds is a place in the order, which is there even if its user is gone.
const tokenPrefix = "after:"

func token(name string) string {
	return base64.RawURLEncoding.EncodeToString([]byte(tokenPrefix + name))
}

func position(token string) (string, error) {
	if token == "" {
		return "", nil
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(token)
	name, ok := strings.CutPrefix(string(b), tokenPrefix)
	if err != nil || !ok || name == "" || len(name) > 4*128 {
		return "", invalid("Invalid pagination token given.")
	}
	return name, nil
}
