// Package filewatch reports that the content of files changed.
//
// It owns the waiting for events of the file system. It watches the folders of the files,
// and not the files: editors and Kubernetes replace files, and Kubernetes swaps the
// symbolic link of a folder above them. A change is reported only when the content is
// another one, and after the last event of a burst.
//
// It never decides what a change means.
package filewatch
