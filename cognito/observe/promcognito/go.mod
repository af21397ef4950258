module github.com/poolguard/poolguard/cognito/observe/promcognito

go 1.26.0
