package sample

import (
	"errors"
	"time"
)

var errRefused = errors.New("refused")

// Check has decisions of every kind; its tests notice all but one of them.
func Check(name string, size int, now, end time.Time) error {
	if size > 10 || name == "" {
		return errRefused
	}
	//mutate:ignore never: a test of the tool
	if name == "ignored" {
		return errRefused
	}
	switch name {
	case "none":
		return errRefused
	}
	if !now.Before(end) {
		return errRefused
	}
	return checkLetters(name)
}

func checkLetters(name string) error {
	for _, c := range name {
		if c == '!' {
			return errRefused
		}
	}
	return nil
}

func short(name string) bool { return len(name) < 3 && name != "" }

type faults []string

func (f *faults) add(reason string) { *f = append(*f, reason) }

// validate has no result: it may end with a switch that is left.
func validate(name string, faults *faults) {
	switch name {
	case "none":
		faults.add("is none")
	}
}

// count has statements that decide without a condition.
func count(words []string, limit int) (n int, ok bool) {
	for _, word := range words {
		if word == "" {
			limit--
			continue
		}
		n++
	}
	return n, n <= limit
}
