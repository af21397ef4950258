module github.com/poolguard/poolguard/examples

go 1.26.0

replace (
	github.com/poolguard/poolguard => ../
	github.com/poolguard/poolguard/cognito => ../cognito
	github.com/poolguard/poolguard/cognito/grpcauth => ../cognito/grpcauth
)

require (
	connectrpc.com/connect v1.21.1
	github.com/MicahParks/keyfunc/v3 v3.9.1
	github.com/aws/aws-lambda-go v1.55.1
	github.com/coreos/go-oidc/v3 v3.21.0
	github.com/gin-gonic/gin v1.12.0
	github.com/go-chi/chi/v5 v5.5.0
	github.com/gofiber/fiber/v3 v3.1.0
	github.com/golang-jwt/jwt/v5 v5.3.1
	github.com/labstack/echo/v5 v5.3.1
	github.com/poolguard/poolguard v0.0.0
	github.com/poolguard/poolguard/cognito v0.0.0
	google.golang.org/grpc v1.85.0
	google.golang.org/protobuf v1.36.12
)
