// Package usage reports what a process uses of the machine: processor time, memory, files.
// It knows nothing of what is measured.
package usage
