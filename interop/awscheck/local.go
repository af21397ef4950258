package awscheck

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	idp "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"

	"github.com/poolguard/poolguard/userpool"
)

// localRegion is the Region of the user pools of a local server.
const localRegion = "us-east-1"

// Local serves a local user pool server on a free port of loopback. The caller has to call stop.
func Local(ctx context.Context, name string) (service Service, stop func(), err error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return Service{}, nil, err
	}
	address := "http://" + listener.Addr().String()
	handler, err := userpool.New(userpool.Config{PublicURL: address}) //nolint:contextcheck // it has no work that a context could end
	if err != nil {
		_ = listener.Close()
		return Service{}, nil, err
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = server.Serve(listener) }()
	transport := &http.Transport{}
	service = Service{
		Name: name, Region: localRegion, LocalURL: address, HTTP: &http.Client{Transport: transport},
		API: idp.New(idp.Options{
			Region: localRegion, BaseEndpoint: &address, RetryMaxAttempts: 1,
			// The server does not check signatures. The SDK needs credentials to sign.
			Credentials: aws.NewCredentialsCache(credentials.NewStaticCredentialsProvider("local", "local", "")),
			HTTPClient:  &http.Client{Transport: wholeAnswers{transport}},
		}),
	}
	return service, func() {
		_ = server.Close()
		transport.CloseIdleConnections()
	}, nil
}

// wholeAnswers reads answers to their end before the SDK sees them. The SDK closes the body of a
// request when the answer begins. With a server as near as this one, net/http can take that for a
// failure and drop the connection: https://github.com/aws/aws-sdk-go-v2/issues/2737
type wholeAnswers struct{ next http.RoundTripper }

// RoundTrip implements http.RoundTripper.
func (w wholeAnswers) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := w.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		return nil, err
	}
	answer.Body = io.NopCloser(bytes.NewReader(body))
	return answer, nil
}
