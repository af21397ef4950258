package main

import (
	"fmt"
	"strings"

	"github.com/poolguard/poolguard/bench/internal/usage"
)

// A line is a result for scripts.
type line struct{ name, value string }

// lines returns the results for scripts. Their names are what others read: add, do not
// change. The ratios without a word about clients are those of one.
func (s *stage) lines() []line {
	var lines []line
	for _, t := range s.targets {
		if t.name == cognitoLocal {
			lines = append(lines, s.peerLines(t)...)
			continue
		}
		lines = append(lines, s.ownLines(t)...)
	}
	return lines
}

func (s *stage) ownLines(t *target) []line {
	var lines []line
	add := func(name, value string) {
		lines = append(lines, line{strings.TrimSpace(t.name + " " + name), value})
	}
	for _, f := range t.flows {
		one, many := s.lane(t.name, f.name, 1), s.lane(t.name, f.name, s.options.clients)
		if one == nil {
			continue
		}
		add(f.name+"/floor", figures(one.overFloor(wall, floorWall)))
		if f.name == flowSRP {
			add("srp with client/floor", figures(one.overFloor(withOwn, floorWall)))
		}
		if usage.CanSee {
			add(f.name+" cpu/floor", figures(one.overFloor(cpu, floorCPU)))
		}
		add(fmt.Sprintf("%s of %d clients/floor", f.name, s.options.clients), figures(many.overFloor(wall, floorWall)))
		add(f.name+" per second", fmt.Sprintf("%.0f", 1e9/many.median(wall)))
		if t.name == inDirectory {
			add(f.name+"/in memory", figures(one.over(wall, s.lane(inMemory, f.name, 1), wall)))
		}
	}
	add("start ms", fmt.Sprintf("%.0f", milliseconds(t.starts.ready)))
	add("first token ms", fmt.Sprintf("%.0f", milliseconds(t.starts.token)))
	if len(t.starts.again) > 0 {
		add("start again ms", fmt.Sprintf("%.0f", milliseconds(t.starts.again)))
	}
	if usage.CanSee {
		add("resident MB", megabytes(t.starts.memory()))
		add("resident MB after the load", megabytes(t.memory))
	}
	return lines
}

// peerLines compare with Poolguard in memory.
func (s *stage) peerLines(t *target) []line {
	var lines []line
	add := func(name, value string) { lines = append(lines, line{t.name + " " + name, value}) }
	own := s.target(inMemory)
	for _, f := range t.flows {
		one := s.lane(t.name, f.name, 1)
		if one == nil {
			continue
		}
		add(f.name+"/ours", figures(one.over(wall, s.lane(inMemory, f.name, 1), wall)))
		if s.target(inDirectory) != nil {
			add(f.name+"/ours in a directory", figures(one.over(wall, s.lane(inDirectory, f.name, 1), wall)))
		}
	}
	add("start/ours", figures(median(t.starts.ready)/median(own.starts.ready)))
	if usage.CanSee {
		add("resident/ours", figures(t.starts.memory()/own.starts.memory()))
	}
	return lines
}
