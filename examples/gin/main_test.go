package main

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/gin-gonic/gin"

	"github.com/poolguard/poolguard/cognito/bearer"
)

// TestProtectAborts: what a handler after a refusal does cannot be seen from outside,
// for the answer has its length already. It must not be called.
func TestProtectAborts(t *testing.T) {
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	engine.GET("/orders", protect(bearer.Require(nil)), func(*gin.Context) { t.Error("called") })
	w := httptest.NewRecorder()
	engine.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/orders", http.NoBody))
	if w.Code != http.StatusUnauthorized {
		t.Errorf("status %d", w.Code)
	}
}
