// Package timewords writes in words how far away a time is, such as "in 42 minutes", for a
// terminal or a page. It formats no dates and reads no clock.
package timewords
