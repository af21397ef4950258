package describe

import (
	"encoding/json"
	"maps"
	"slices"

	"github.com/go-json-experiment/json/jsontext"
)

// The shapes are those of AWS's own description of the API, as its SDKs have it:
// https://github.com/boto/botocore/blob/develop/botocore/data/cognito-idp/2016-04-18/service-2.json

// signInShape is SignInPolicyType, inviteShape MessageTemplateType.
var (
	signInShape = object(map[string]*shape{"AllowedFirstAuthFactors": list(text)})
	inviteShape = texts("SMSMessage", "EmailMessage", "EmailSubject")
	smsShape    = texts("SnsCallerArn", "ExternalId", "SnsRegion").with("EumsSms", texts(
		"CallerArn", "ExternalId", "OriginationIdentity", "ConfigurationSetName", "InEntityId", "InTemplateId", "Region"))
)

func lambdaShape() *shape {
	lambdas := texts("PreSignUp", "CustomMessage", "PostConfirmation", "PreAuthentication", "PostAuthentication", "DefineAuthChallenge",
		"CreateAuthChallenge", "VerifyAuthChallengeResponse", "PreTokenGeneration", "UserMigration", "KMSKeyID")
	for _, name := range []string{"PreTokenGenerationConfig", "CustomSMSSender", "CustomEmailSender", "InboundFederation"} {
		lambdas.with(name, texts("LambdaVersion", "LambdaArn"))
	}
	return lambdas
}

// poolShapes are the members of pools that have no field in [Pool].
var poolShapes = map[string]*shape{
	"LambdaConfig":                lambdaShape(),
	"SmsVerificationMessage":      text,
	"EmailVerificationMessage":    text,
	"EmailVerificationSubject":    text,
	"SmsAuthenticationMessage":    text,
	"VerificationMessageTemplate": texts("SmsMessage", "EmailMessage", "EmailSubject", "EmailMessageByLink", "EmailSubjectByLink", "DefaultEmailOption"),
	"UserAttributeUpdateSettings": object(map[string]*shape{"AttributesRequireVerificationBeforeUpdate": list(text)}),
	"DeviceConfiguration":         object(map[string]*shape{"ChallengeRequiredOnNewDevice": flag, "DeviceOnlyRememberedOnUserPrompt": flag}),
	"EmailConfiguration":          texts("SourceArn", "ReplyToEmailAddress", "EmailSendingAccount", "From", "ConfigurationSet"),
	"SmsConfiguration":            smsShape,
	"UserPoolTags":                table(text),
	"UserPoolAddOns":              texts("AdvancedSecurityMode").with("AdvancedSecurityAdditionalFlows", texts("CustomAuthMode")),
	"AccountRecoverySetting":      object(map[string]*shape{"RecoveryMechanisms": list(texts("Name").with("Priority", number))}),
	"UserPoolTier":                text,
	"KeyConfiguration":            texts("KeyType", "KmsKeyArn"),
	"IssuerConfiguration":         texts("Type"),
}

// describedShapes are members that only descriptions of pools have.
var describedShapes = map[string]*shape{
	"Status": text, "SmsConfigurationFailure": text, "EmailConfigurationFailure": text,
}

// clientShapes are the members of clients that have no field in [Client].
var clientShapes = map[string]*shape{
	"AnalyticsConfiguration":                   texts("ApplicationId", "ApplicationArn", "RoleArn", "ExternalId").with("UserDataShared", flag),
	"EnablePropagateAdditionalUserContextData": flag,
}

// actionShapes are structures within others, and settings of actions of their own.
var actionShapes = map[string]*shape{
	"SignInPolicy":                  signInShape,
	"InviteMessageTemplate":         inviteShape,
	"SmsMfaConfiguration":           texts("SmsAuthenticationMessage").with("SmsConfiguration", smsShape),
	"SoftwareTokenMfaConfiguration": object(map[string]*shape{"Enabled": flag}),
	"EmailMfaConfiguration":         texts("Message", "Subject"),
	"WebAuthnConfiguration":         texts("RelyingPartyId", "UserVerification", "FactorConfiguration"),
	"ManagedLoginVersion":           number,
	"CustomDomainConfig":            texts("CertificateArn", "SecurityPolicy"),
	"Routing":                       object(map[string]*shape{"Failover": texts("SecondaryRegion", "PrimaryRoute53HealthCheckId")}),
}

// Settle makes of a member that an action keeps as it came what the API has under
// that name: without nulls and what the API does not know. null and nothing are nil.
func Settle(name string, value *json.RawMessage) error {
	return settle(actionShapes[name], value, jsontext.Pointer("").AppendToken(name), false)
}

func settle(s *shape, value *json.RawMessage, at jsontext.Pointer, keep bool) error {
	if len(*value) == 0 || jsontext.Value(*value).Kind() == 'n' {
		*value = nil
		return nil
	}
	cleaned, err := s.clean(jsontext.Value(*value), at, keep)
	*value = json.RawMessage(cleaned)
	return err
}

// settleOthers settles members that have no field. What no table knows, AWS may: a
// description keeps it, a request does not, as the API ignores it.
func settleOthers(others map[string]json.RawMessage, keep bool, tables ...map[string]*shape) (ignored []string, err error) {
	for _, name := range slices.Sorted(maps.Keys(others)) {
		var s *shape
		for _, t := range tables {
			if s == nil {
				s = t[name]
			}
		}
		switch {
		case s == nil && keep:
		case s == nil:
			delete(others, name)
			ignored = append(ignored, shorten(name))
		default:
			value := others[name]
			if err := settle(s, &value, jsontext.Pointer("").AppendToken(name), keep); err != nil {
				return nil, err
			}
			others[name] = value
		}
	}
	return ignored, nil
}

// Settle wants what is kept as it came to be of its shape, and takes out what a
// request to make or change a pool has no such member for, whose names it returns.
func (p *Pool) Settle() (ignored []string, err error) { return p.settle(false, poolShapes) }

// Settle is that for a client.
func (c *Client) Settle() (ignored []string, err error) {
	return settleOthers(c.Others, false, clientShapes)
}

func (p *Pool) settle(keep bool, tables ...map[string]*shape) (ignored []string, err error) {
	if p.Policies != nil {
		if err := settle(signInShape, &p.Policies.SignInPolicy, "/Policies/SignInPolicy", keep); err != nil {
			return nil, err
		}
	}
	if p.AdminCreateUserConfig != nil {
		err := settle(inviteShape, &p.AdminCreateUserConfig.InviteMessageTemplate, "/AdminCreateUserConfig/InviteMessageTemplate", keep)
		if err != nil {
			return nil, err
		}
	}
	return settleOthers(p.Others, keep, tables...)
}
