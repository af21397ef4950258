package api

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/poolguard/poolguard/userpool/internal/directory"
	"github.com/poolguard/poolguard/userpool/internal/store"
)

// crowd adds n users without passwords.
func (w *world) crowd(n int, change func(i int, u *directory.User)) {
	w.t.Helper()
	w.update(func(tx store.Tx) error {
		p, err := directory.GetPool(tx, testPoolID)
		if err != nil {
			return err
		}
		for i := range n {
			name := fmt.Sprintf("crowd-%03d", i)
			u := directory.User{PoolID: p.ID, Username: name, Sub: "sub-of-" + name, Status: directory.Confirmed, Attributes: map[string]string{}}
			if change != nil {
				change(i, &u)
			}
			if err := directory.PutUser(tx, p, u); err != nil {
				return err
			}
		}
		return nil
	})
}

func usernames(list any) []string {
	var names []string
	for _, u := range list.([]any) {
		names = append(names, u.(fields)["Username"].(string))
	}
	return names
}

func TestListingPageByPage(t *testing.T) {
	w := newWorld(t)
	w.crowd(200, func(i int, u *directory.User) {
		if i%2 == 0 {
			u.Groups = []string{"staff"}
		}
	})
	for _, tc := range []struct {
		action, token string
		in            fields
		users, pages  int
	}{
		{"ListUsers", "PaginationToken", fields{}, 201, 4},
		{"ListUsers", "PaginationToken", fields{"Limit": 7}, 201, 29},
		{"ListUsers", "PaginationToken", fields{"Limit": 50, "Filter": `username ^= "crowd-"`}, 200, 4},
		{"ListUsersInGroup", "NextToken", fields{"Limit": 30, "GroupName": "staff"}, 101, 4},
	} {
		var seen []string
		pages := 0
		for {
			tc.in["UserPoolId"] = testPoolID
			out := w.call(tc.action, tc.in)
			seen = append(seen, usernames(out["Users"])...)
			pages++
			if out[tc.token] == nil {
				break
			}
			tc.in[tc.token] = out[tc.token]
		}
		slices.Sort(seen)
		if len(seen) != tc.users || len(slices.Compact(seen)) != tc.users || pages != tc.pages {
			t.Errorf("%s %v: %d users, %d of them once, on %d pages", tc.action, tc.in, len(seen), len(slices.Compact(seen)), pages)
		}
	}
	for _, bad := range []string{"x", "!!", "bm9wZQ"} {
		w.refused("ListUsers", fields{"UserPoolId": testPoolID, "PaginationToken": bad}, "InvalidParameterException", "Invalid pagination token given.")
	}
	w.refused("ListUsers", fields{"UserPoolId": testPoolID, "Limit": 61}, "InvalidParameterException",
		"1 validation error detected: Value '61' at 'limit' failed to satisfy constraint: Member must have value less than or equal to 60")
	w.refused("ListUsersInGroup", fields{"UserPoolId": testPoolID, "GroupName": "none"}, "ResourceNotFoundException", "Group not found.")
	w.refused("ListUsers", fields{"UserPoolId": "us-east-1_x"}, "ResourceNotFoundException", "User pool us-east-1_x does not exist.")
}

func TestFilters(t *testing.T) {
	w := newWorld(t)
	w.crowd(6, func(i int, u *directory.User) {
		switch i {
		case 0:
			u.Attributes["name"] = `Ann "the cat" O'Neil`
		case 1:
			u.Attributes["name"] = `Ann \ Slash`
		case 2:
			u.Attributes["given_name"], u.Attributes["email"] = "Jon", "jon@example.com"
		case 3:
			u.Disabled = true
		case 4:
			u.Status = directory.ForceChangePassword
		}
	})
	crowd := func(numbers ...int) []string {
		var names []string
		for _, n := range numbers {
			names = append(names, fmt.Sprintf("crowd-%03d", n))
		}
		return names
	}
	for filter, want := range map[string][]string{
		`name = "Ann \"the cat\" O'Neil"`:                crowd(0),
		`name ^= "Ann \""`:                               crowd(0),
		`name^="Ann"`:                                    crowd(0, 1),
		`name = "Ann \\ Slash"`:                          crowd(1),
		`given_name = "Jon"`:                             crowd(2),
		`given_name = "jon"`:                             {},
		`email ^= "jon@"`:                                crowd(2),
		`status = "Disabled"`:                            crowd(3),
		`cognito:user_status = "force_change_password"`:  crowd(4),
		`cognito:user_status = "FORCE_CHANGE_PASSWORD" `: crowd(4),
		`username = "crowd-005"`:                         crowd(5),
		`sub = "sub-of-crowd-005"`:                       crowd(5),
		`username = "Anaya"`:                             {},
		`phone_number = ""`:                              {},
		`  preferred_username  ^=  ""  `:                 {},
	} {
		got := usernames(w.call("ListUsers", fields{"UserPoolId": testPoolID, "Filter": filter})["Users"])
		if !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", filter, got, want)
		}
	}
	for _, bad := range []string{
		`name`, `name = Ann`, `name = "Ann`, `name = Ann"`, `= "x"`, `name == "x"`, `name = "x" and sub = "y"`, `name = "x\`, `name = "x\"`,
		`name ^ = "x"`, `"name" = 'x'`, `=`, `^=`,
	} {
		w.refused("ListUsers", fields{"UserPoolId": testPoolID, "Filter": bad}, "InvalidParameterException", "Error while parsing filter")
	}
	w.refused("ListUsers", fields{"UserPoolId": testPoolID, "Filter": `custom:team = "a"`}, "InvalidParameterException", "Invalid search attribute: custom:team")
	if _, err := w.try("ListUsers", fields{"UserPoolId": testPoolID, "Filter": strings.Repeat("x", 257)}); err == nil {
		t.Error("a long filter")
	}
	out := w.call("ListUsers", fields{"UserPoolId": testPoolID, "Filter": `username = "anaya"`, "AttributesToGet": []string{"email", "sub", "name"}})
	if got := byName(out["Users"].([]any)[0].(fields)["Attributes"]); len(got) != 2 || got["email"] != "anaya@example.com" || got["sub"] == nil {
		t.Errorf("AttributesToGet: %v", got)
	}
}

func TestGroupsOfAUser(t *testing.T) {
	w := newWorld(t)
	for i := range 5 {
		w.update(func(tx store.Tx) error {
			return directory.PutGroup(tx, directory.Group{PoolID: testPoolID, Name: fmt.Sprintf("g%d", i), Description: "d", Precedence: &i, CreatedAt: w.now, ModifiedAt: w.now})
		})
	}
	for i := range 5 {
		w.call("AdminAddUserToGroup", with(inPool("anaya"), "GroupName", fmt.Sprintf("g%d", 4-i)))
	}
	w.call("AdminAddUserToGroup", with(inPool("anaya"), "GroupName", "g0")) // again
	w.refused("AdminAddUserToGroup", with(inPool("anaya"), "GroupName", "none"), "ResourceNotFoundException", "Group not found.")
	var names []string
	in := with(inPool("anaya"), "Limit", 4)
	for {
		out := w.call("AdminListGroupsForUser", in)
		for _, g := range out["Groups"].([]any) {
			names = append(names, g.(fields)["GroupName"].(string))
		}
		if out["NextToken"] == nil {
			break
		}
		in["NextToken"] = out["NextToken"]
	}
	if !slices.Equal(names, []string{"g0", "g1", "g2", "g3", "g4", "staff"}) {
		t.Errorf("groups: %v", names)
	}
	w.call("AdminRemoveUserFromGroup", with(inPool("anaya"), "GroupName", "g0"))
	w.call("AdminRemoveUserFromGroup", with(inPool("anaya"), "GroupName", "g0"))
	w.refused("AdminRemoveUserFromGroup", with(inPool("anaya"), "GroupName", "none"), "ResourceNotFoundException", "Group not found.")
	if got := usernames(w.call("ListUsersInGroup", fields{"UserPoolId": testPoolID, "GroupName": "g0"})["Users"]); len(got) != 0 {
		t.Errorf("still in it: %v", got)
	}
}
