// Package usage tells what a process uses of the machine: time of the processor, memory, files.
// It knows nothing of what is measured.
package usage
