package api

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
)

var bg = context.Background()

func TestUnknownActions(t *testing.T) {
	w := newWorld(t)
	for _, action := range []string{"", "Nothing", "initiateAuth", "InitiateAuth "} {
		_, err := w.try(action, fields{})
		if e := new(Error); !errors.As(err, &e) || e.Type != "UnknownOperationException" || !strings.Contains(e.Message, strconv.Quote(action)) {
			t.Errorf("%q: %v", action, err)
		}
	}
	r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader("{}"))
	rec := httptest.NewRecorder()
	w.ServeHTTP(rec, r)
	if rec.Code != http.StatusBadRequest || !strings.Contains(rec.Body.String(), "UnknownOperationException") {
		t.Errorf("no target: %d %s", rec.Code, rec.Body)
	}
}
