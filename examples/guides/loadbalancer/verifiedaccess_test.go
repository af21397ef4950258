package main

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/poolguard/poolguard/cognito/alb"
)

func verifiedAccess() (func(http.Handler) http.Handler, error) {
	verifier, err := alb.NewVerifiedAccess(alb.VerifiedAccessConfig{
		Instances: []string{"arn:aws:ec2:us-east-1:123456789012:verified-access-instance/vai-0abc123"},
		Issuers:   []string{"https://cognito-idp.us-east-1.amazonaws.com/us-east-1_AbCdEfGhI"},
	})
	if err != nil {
		return nil, err
	}
	protect := alb.Require(verifier, nil) // Verified Access sends no access token
	return protect, nil
}

func TestVerifiedAccess(t *testing.T) {
	protect, err := verifiedAccess()
	if err != nil {
		t.Fatal(err)
	}
	answer := httptest.NewRecorder()
	protect(http.HandlerFunc(orders)).ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/orders", nil))
	if answer.Code != http.StatusUnauthorized {
		t.Errorf("got %d, want 401", answer.Code)
	}
}
