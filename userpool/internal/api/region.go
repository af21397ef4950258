package api

import (
	"cmp"
	"context"
	"net/http"
	"regexp"
	"strings"

	"github.com/poolguard/poolguard/userpool/internal/directory"
)

// DefaultRegion is the Region of new pools where neither the request nor the configuration
// names one.
const DefaultRegion = "us-east-1"

var regionPattern = regexp.MustCompile(`^[a-z]{2,3}(-[a-z]{2,12}){1,3}-[0-9]{1,2}$`)

// IsRegion reports whether text has the form of a Region, such as us-east-1.
func IsRegion(text string) bool { return len(text) <= 32 && regionPattern.MatchString(text) }

type regionKey struct{}

// withRegion puts the Region of the request into the context: that of the credential scope in
// its signature (AWS Signature Version 4). The signature is not checked.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html
func withRegion(ctx context.Context, header http.Header) context.Context {
	scheme, rest, _ := strings.Cut(header.Get("Authorization"), " ")
	if scheme != "AWS4-HMAC-SHA256" {
		return ctx
	}
	for parameter := range strings.SplitSeq(rest, ",") {
		scope, found := strings.CutPrefix(strings.TrimSpace(parameter), "Credential=")
		if !found {
			continue
		}
		// The access key, the date, the Region, the service and "aws4_request".
		if parts := strings.Split(scope, "/"); len(parts) == 5 && parts[4] == "aws4_request" && IsRegion(parts[2]) {
			return context.WithValue(ctx, regionKey{}, parts[2])
		}
	}
	return ctx
}

// signedRegion returns the Region that the request was signed for, "" for none.
func signedRegion(ctx context.Context) string {
	region, _ := ctx.Value(regionKey{}).(string)
	return region
}

// newPoolRegion returns the Region of a pool that the request makes.
func (a *API) newPoolRegion(ctx context.Context) string {
	return cmp.Or(signedRegion(ctx), a.Region, DefaultRegion)
}

// isListed reports whether a list for the request has the pool: one that is signed for a
// Region has the pools of this Region, and those whose ID names none.
func isListed(ctx context.Context, p directory.Pool) bool {
	region := signedRegion(ctx)
	return region == "" || p.Region() == region || !IsRegion(p.Region())
}
