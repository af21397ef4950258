// Command awscheck asks Amazon Cognito the questions that its documentation leaves open, compares
// the answers with the local user pool, and prints a report in Markdown.
//
//	go run ./cmd/awscheck -region us-east-1
//
// It needs AWS credentials in AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and, for temporary ones,
// AWS_SESSION_TOKEN. It creates user pools whose names start with poolguard-check- and deletes them
// at the end. It sends no e-mail and no text message. It does not run in CI.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/signal"
	"regexp"
	"syscall"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	idp "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"

	"github.com/poolguard/poolguard/interop/awscheck"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Getenv, os.Stdout, os.Stderr)
	stop()
	switch {
	case errors.Is(err, flag.ErrHelp):
		os.Exit(2)
	case err != nil:
		fmt.Fprintln(os.Stderr, "awscheck:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, env func(string) string, out, progress io.Writer) error {
	flags := flag.NewFlagSet("awscheck", flag.ContinueOnError)
	flags.SetOutput(progress)
	region := flags.String("region", "", "the AWS Region for the user pool, such as us-east-1 (required)")
	questions := flags.String("questions", "", "only questions whose name starts with this, such as tokens/")
	if err := flags.Parse(args); err != nil {
		return err
	}
	observed, err := amazon(*region, env)
	if err != nil {
		return err
	}
	assumed, stop, err := awscheck.Local(ctx, "the local user pool")
	if err != nil {
		return err
	}
	defer stop()
	fmt.Fprintf(progress, "This creates user pools in %s with the access key %s, and deletes them at the end.\n", *region, env("AWS_ACCESS_KEY_ID"))
	report, err := awscheck.Compare(ctx, assumed, observed, *questions, func(what string) { fmt.Fprintln(progress, what) })
	if report != nil {
		err = errors.Join(err, report.WriteMarkdown(out))
	}
	return err
}

// requestTimeout limits one request to the pages and OAuth endpoints.
const requestTimeout = 30 * time.Second

var regionShape = regexp.MustCompile(`^[a-z]{2,5}(-[a-z]+)+-\d$`)

// amazon returns Amazon Cognito in a Region. It reports all faults at once.
func amazon(region string, env func(string) string) (awscheck.Service, error) {
	var faults []error
	if env("CI") == "true" {
		faults = append(faults, errors.New("CI is true: this command creates user pools at AWS, so it never runs in CI; tests of package awscheck use local pools"))
	}
	if !regionShape.MatchString(region) {
		faults = append(faults, fmt.Errorf("-region is not an AWS Region: got %q, want one such as us-east-1; with make: make test-aws ARGS='-region us-east-1'", region))
	}
	for _, name := range []string{"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"} {
		if env(name) == "" {
			faults = append(faults, fmt.Errorf("%s is not set: export credentials that may use cognito-idp:*", name))
		}
	}
	if len(faults) > 0 {
		return awscheck.Service{}, errors.Join(faults...)
	}
	return awscheck.Service{
		Name: "Amazon Cognito in " + region, Region: region, HTTP: &http.Client{Timeout: requestTimeout},
		API: idp.New(idp.Options{
			Region: region,
			Credentials: aws.NewCredentialsCache(credentials.NewStaticCredentialsProvider(
				env("AWS_ACCESS_KEY_ID"), env("AWS_SECRET_ACCESS_KEY"), env("AWS_SESSION_TOKEN"))),
		}),
	}, nil
}
