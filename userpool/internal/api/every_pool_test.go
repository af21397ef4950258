package api

import "maps"

func init() { maps.Copy(goodCalls, goodPoolCalls) }

const testARN = "arn:aws:cognito-idp:us-east-1:000000000000:userpool/" + testPoolID

func server(more ...any) fields { return with(inTestPool(fields{"Identifier": "orders"}), more...) }

func provider(more ...any) fields { return with(inTestPool(fields{"ProviderName": "Login"}), more...) }

func group(more ...any) fields { return with(inTestPool(fields{"GroupName": "staff"}), more...) }

// goodPoolCalls are goodCalls about pools and what belongs to them.
var goodPoolCalls = map[string]func(w *world) fields{
	// Pools cost keys: what UpdateUserPool takes too is there.
	"CreateUserPool": func(*world) fields {
		return fields{
			"PoolName": "p",
			"Schema":   []fields{{"Name": "tier", "AttributeDataType": "String", "StringAttributeConstraints": fields{"MinLength": "1", "MaxLength": "5"}}},
		}
	},
	"UpdateUserPool": func(*world) fields {
		return inTestPool(fields{
			"PoolName": "p", "MfaConfiguration": "OFF", "AutoVerifiedAttributes": []string{"email"}, "AliasAttributes": []string{"email"},
			"Policies": fields{
				"PasswordPolicy": fields{"MinimumLength": 8, "PasswordHistorySize": 2, "TemporaryPasswordValidityDays": 1},
				"SignInPolicy":   fields{"AllowedFirstAuthFactors": []string{"PASSWORD"}},
			},
			"UserPoolTags": fields{"a": "b"}, "LambdaConfig": fields{"PreSignUp": "x"}, "DeletionProtection": "INACTIVE",
			"UsernameConfiguration": fields{"CaseSensitive": false}, "AdminCreateUserConfig": fields{"AllowAdminCreateUserOnly": false},
			"AccountRecoverySetting":      fields{"RecoveryMechanisms": []fields{{"Name": "verified_email", "Priority": 1}}},
			"UserAttributeUpdateSettings": fields{"AttributesRequireVerificationBeforeUpdate": []string{"email"}},
		})
	},
	"DescribeUserPool": func(*world) fields { return inTestPool(fields{}) },
	"ListUserPools":    func(*world) fields { return fields{"MaxResults": 1, "NextToken": nil} },
	"DeleteUserPool": func(w *world) fields {
		w.call("DeleteUserPoolDomain", inTestPool(fields{"Domain": "shop"}))
		return inTestPool(fields{})
	},
	"SetUserPoolMfaConfig": func(*world) fields {
		return inTestPool(fields{
			"MfaConfiguration": "ON", "SoftwareTokenMfaConfiguration": fields{"Enabled": true},
			"SmsMfaConfiguration": nil, "EmailMfaConfiguration": fields{"Message": "m"}, "WebAuthnConfiguration": nil,
		})
	},
	"GetUserPoolMfaConfig": func(*world) fields { return inTestPool(fields{}) },
	"AddCustomAttributes": func(*world) fields {
		return inTestPool(fields{"CustomAttributes": []fields{{"Name": "age", "AttributeDataType": "Number", "NumberAttributeConstraints": fields{"MinValue": "0"}}}})
	},
	"ListTagsForResource": func(*world) fields { return fields{"ResourceArn": testARN} },
	"TagResource":         func(*world) fields { return fields{"ResourceArn": testARN, "Tags": fields{"a": "b"}} },
	"UntagResource":       func(*world) fields { return fields{"ResourceArn": testARN, "TagKeys": []string{"a"}} },

	"CreateUserPoolDomain": func(*world) fields {
		return inTestPool(fields{
			"Domain": "id.shop.example", "CustomDomainConfig": fields{"CertificateArn": "arn:aws:acm:us-east-1:000000000000:certificate/1"},
			"ManagedLoginVersion": 2, "Routing": nil,
		})
	},
	"DescribeUserPoolDomain": func(*world) fields { return fields{"Domain": "shop"} },
	"UpdateUserPoolDomain":   func(*world) fields { return inTestPool(fields{"Domain": "shop", "ManagedLoginVersion": 1}) },
	"DeleteUserPoolDomain":   func(*world) fields { return inTestPool(fields{"Domain": "shop"}) },

	"CreateUserPoolClient": func(*world) fields {
		return inTestPool(fields{
			"ClientName": "c", "GenerateSecret": false, "ClientSecret": nil, "CallbackURLs": []string{"https://shop.example/"},
			"LogoutURLs": []string{"https://shop.example/"}, "DefaultRedirectURI": "https://shop.example/", "AllowedOAuthFlows": []string{"code"},
			"AllowedOAuthScopes": []string{"openid", "orders/read"}, "AllowedOAuthFlowsUserPoolClient": true, "SupportedIdentityProviders": []string{"Login"},
			"ExplicitAuthFlows": []string{"ALLOW_USER_SRP_AUTH"}, "RefreshTokenValidity": 30, "AccessTokenValidity": 60, "IdTokenValidity": 1,
			"TokenValidityUnits": fields{"AccessToken": "minutes", "IdToken": "hours", "RefreshToken": "days"}, "AuthSessionValidity": 5,
			"ReadAttributes": []string{"email"}, "WriteAttributes": []string{"email"}, "PreventUserExistenceErrors": "ENABLED",
			"RefreshTokenRotation": fields{"Feature": "ENABLED", "RetryGracePeriodSeconds": 10}, "EnableTokenRevocation": true,
		})
	},
	"DescribeUserPoolClient": func(*world) fields { return inTestPool(fields{"ClientId": "web"}) },
	"ListUserPoolClients":    func(*world) fields { return inTestPool(fields{"MaxResults": 1, "NextToken": nil}) },
	"UpdateUserPoolClient":   func(*world) fields { return inTestPool(fields{"ClientId": "web", "ClientName": "w"}) },
	"DeleteUserPoolClient":   func(*world) fields { return inTestPool(fields{"ClientId": "web"}) },

	"CreateResourceServer": func(*world) fields {
		return server("Identifier", "stock", "Name", "s", "Scopes", []fields{{"ScopeName": "read", "ScopeDescription": "d"}})
	},
	"DescribeResourceServer": func(*world) fields { return server() },
	"ListResourceServers":    func(*world) fields { return inTestPool(fields{"MaxResults": 1, "NextToken": nil}) },
	"UpdateResourceServer":   func(*world) fields { return server("Name", "s") },
	"DeleteResourceServer":   func(*world) fields { return server() },

	"CreateGroup": func(*world) fields {
		return group("GroupName", "g", "Description", "d", "Precedence", 1, "RoleArn", "arn:aws:iam::000000000000:role/r")
	},
	"GetGroup":    func(*world) fields { return group() },
	"ListGroups":  func(*world) fields { return inTestPool(fields{"Limit": 1, "NextToken": nil}) },
	"UpdateGroup": func(*world) fields { return group("Description", "d") },
	"DeleteGroup": func(*world) fields { return group() },

	"CreateIdentityProvider": func(*world) fields {
		return provider("ProviderName", "Other", "ProviderType", "OIDC", "ProviderDetails", fields{"oidc_issuer": "https://other.example"},
			"AttributeMapping", fields{"email": "mail"}, "IdpIdentifiers", []string{"other"})
	},
	"DescribeIdentityProvider":        func(*world) fields { return provider() },
	"ListIdentityProviders":           func(*world) fields { return inTestPool(fields{"MaxResults": 1, "NextToken": nil}) },
	"UpdateIdentityProvider":          func(*world) fields { return provider("ProviderDetails", fields{}) },
	"DeleteIdentityProvider":          func(*world) fields { return provider() },
	"GetIdentityProviderByIdentifier": func(*world) fields { return inTestPool(fields{"IdpIdentifier": "login"}) },
}
