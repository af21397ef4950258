package userpool

// DefaultPool returns the pool of a server whose configuration has no pools. Its ID is
// us-east-1_Local0001. It has the public client "local-client" and the machine client
// "local-machine" with the secret "local-secret". Its users are anaya, in the group staff,
// and admin, in the group admins. Both have the password "Passw0rd!".
//
// Each call returns a new value. The caller can add a callback URL or a user and pass it
// to [New].
func DefaultPool() Pool {
	return Pool{
		ID: "us-east-1_Local0001",
		Clients: []Client{
			{
				ID:    "local-client",
				Flows: []Flow{FlowCode},
				AuthFlows: []string{
					"ALLOW_USER_SRP_AUTH", "ALLOW_USER_PASSWORD_AUTH", "ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_USER_AUTH", "ALLOW_REFRESH_TOKEN_AUTH",
				},
				Scopes: []string{"openid", "email", "phone", "profile", "aws.cognito.signin.user.admin", "orders/read", "orders/write"},
				CallbackURLs: []string{
					"http://localhost:3000/callback",
					"http://localhost:8976/callback",
					"http://localhost:8000/_auth/callback",
				},
				SignOutURLs: []string{"http://localhost:3000/", "http://localhost:8000/"},
			},
			{
				ID:     "local-machine",
				Secret: "local-secret",
				Flows:  []Flow{FlowClientCredentials},
				Scopes: []string{"orders/read", "orders/write"},
			},
		},
		Users: []User{
			{
				Username:   "anaya",
				Password:   "Passw0rd!",
				Groups:     []string{"staff"},
				Attributes: map[string]string{"email": "anaya@example.com", "email_verified": "true", "name": "Anaya Rao"},
			},
			{
				Username:   "admin",
				Password:   "Passw0rd!",
				Groups:     []string{"admins"},
				Attributes: map[string]string{"email": "admin@example.com", "email_verified": "true", "name": "Admin"},
			},
		},
		AutoVerifiedAttributes: []string{"email"},
		ResourceServers:        []ResourceServer{{Identifier: "orders", Scopes: []string{"read", "write"}}},
	}
}
