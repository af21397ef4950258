module github.com/poolguard/poolguard/cognito/observe/otelcognito

go 1.26.0
