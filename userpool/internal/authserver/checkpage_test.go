package authserver

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

// checkPage holds every page that a test gets to what all pages promise.
func checkPage(t testing.TB, page shown) {
	t.Helper()
	policy := page.header.Get("Content-Security-Policy")
	for _, want := range []string{"default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "style-src " + pageStyleHash + ";"} {
		if !strings.Contains(policy, want) {
			t.Errorf("policy %q lacks %q", policy, want)
		}
	}
	if got := page.header.Get("Cache-Control"); got != "no-store" {
		t.Errorf("Cache-Control: %q", got)
	}
	body := page.visible()
	if n := strings.Count(body, "<h1>"); n != 1 {
		t.Errorf("%d headings of level 1", n)
	}
	tags := regexp.MustCompile(`"[^"]*"`).ReplaceAllString(body, `""`)
	if n := strings.Count(page.body, "<style>"); n != 1 || strings.Contains(body, "<style") || regexp.MustCompile(`<[^>]* (style|on\w+)=`).MatchString(tags) {
		t.Errorf("inline styles or handlers:\n%s", body)
	}
	for _, want := range []string{`<html lang="en">`, `<meta name="viewport" content="width=device-width, initial-scale=1">`, "<title>", "<main"} {
		if !strings.Contains(page.body, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	if strings.Contains(strings.ToLower(page.body), "<script") || strings.Contains(page.body, "ZgotmplZ") {
		t.Errorf("a script, or what the template took for one:\n%s", body)
	}
	checkInputs(t, body)
}

func checkInputs(t testing.TB, body string) {
	t.Helper()
	ids := []string{}
	for _, m := range regexp.MustCompile(` id="([^"]*)"`).FindAllStringSubmatch(body, -1) {
		if slices.Contains(ids, m[1]) {
			t.Errorf("two elements have the ID %q", m[1])
		}
		ids = append(ids, m[1])
	}
	focused := 0
	for _, tag := range inputTag.FindAllStringSubmatch(body, -1) {
		input := attributesOf(tag[1])
		if input["type"] == "hidden" {
			continue
		}
		if !strings.Contains(body, `<label for="`+input["id"]+`">`) {
			t.Errorf("no label for %q", input["id"])
		}
		if input["autocomplete"] == "" && !strings.HasPrefix(input["name"], "requiredAttributes[") {
			t.Errorf("%q has no autocomplete", input["name"])
		}
		for id := range strings.FieldsSeq(input["aria-describedby"]) {
			if !slices.Contains(ids, id) {
				t.Errorf("%q is described by %q, which is not there", input["name"], id)
			}
		}
		if input["type"] == "password" && input["value"] != "" {
			t.Error("a password in the page")
		}
		invalid, focus := strings.Contains(tag[1], `aria-invalid="true"`), strings.HasSuffix(tag[1], " autofocus")
		if focus {
			focused++
		}
		if invalid && !focus {
			t.Errorf("%q is faulty and has no focus", input["name"])
		}
	}
	if focused > 1 {
		t.Errorf("%d inputs have the focus", focused)
	}
	if strings.Contains(body, `class="problem"`) && !strings.Contains(body, `role="alert"`) {
		t.Error("a problem that is not announced")
	}
}
