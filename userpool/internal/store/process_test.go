package store_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/poolguard/poolguard/userpool/internal/store"
)

// The test binary is also the other process: it opens the directory that
// childDir names, and writes records until it is killed.
const childDir = "STORE_TEST_CHILD_DIR"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		fmt.Fprintln(os.Stderr, writeForEver(dir))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// writeForEver prints the number of every record once it is kept. Each is of
// two buckets; now and then one is of several pages, and old ones are deleted.
func writeForEver(dir string) error {
	ctx := context.Background()
	s, err := store.Open(ctx, dir)
	if err != nil {
		return err
	}
	for {
		var n int
		err := s.Update(ctx, func(tx store.Tx) error {
			if err := increment(tx, "n"); err != nil {
				return err
			}
			last, _ := tx.Get("counters", "n")
			n, _ = strconv.Atoi(string(last))
			key, value := strconv.Itoa(n), strings.Repeat(string(last), 1+n%50*20)
			err := errors.Join(tx.Put("left", key, []byte(value)), tx.Put("right", key, []byte(value)))
			if n%3 == 0 {
				err = errors.Join(err, tx.Delete("left", strconv.Itoa(n/3)), tx.Delete("right", strconv.Itoa(n/3)))
			}
			return err
		})
		if err != nil {
			return err
		}
		fmt.Println(n)
	}
}

func startChild(t *testing.T, dir string) (child *exec.Cmd, output *bufio.Reader) {
	t.Helper()
	binary, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	child = exec.Command(binary)
	child.Env = append(os.Environ(), childDir+"="+dir)
	child.Stderr = os.Stderr
	pipe, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = child.Process.Kill(); _ = child.Wait() })
	return child, bufio.NewReader(pipe)
}

// What Update accepted is there after kill -9, of everything else nothing or
// all. Pages that the kernel has outlive a process, so this does not show that
// the disk has them: that is fsync's business.
func TestUpdatesSurviveAKill(t *testing.T) {
	rounds := 20
	if testing.Short() {
		rounds = 3
	}
	random := rand.New(rand.NewPCG(1, 2))
	dir := t.TempDir()
	acknowledged, before := 0, 0
	longest := 150 * time.Millisecond
	for round := range rounds {
		child, output := startChild(t, dir)
		// At times even before it has made or opened the database.
		time.AfterFunc(time.Duration(random.Int64N(int64(longest))), func() { _ = child.Process.Kill() })
		lines, err := io.ReadAll(output)
		if err != nil {
			t.Fatal(err)
		}
		_ = child.Wait()
		// The last line may be cut off, and then does not count.
		whole := strings.Split(string(lines[:strings.LastIndex(string(lines), "\n")+1]), "\n")
		if len(whole) > 1 {
			if acknowledged, err = strconv.Atoi(whole[len(whole)-2]); err != nil {
				t.Fatal(err)
			}
		} else if acknowledged == 0 {
			longest *= 2 // a busy machine
		}

		s := open(t, dir)
		view(t, s, func(tx store.Tx) error { return checkChild(t, tx, acknowledged, &before) })
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if t.Failed() {
			t.Fatalf("in round %d", round)
		}
	}
	t.Logf("%d Updates were acknowledged in %d rounds", acknowledged, rounds)
	if acknowledged == 0 {
		t.Error("nothing was ever written")
	}
}

func checkChild(t *testing.T, tx store.Tx, acknowledged int, before *int) error {
	t.Helper()
	n := 0
	if last, err := tx.Get("counters", "n"); err == nil {
		n, _ = strconv.Atoi(string(last))
	} else if !errors.Is(err, store.ErrNotFound) {
		return err
	}
	// One Update may be kept and its number not have come out any more.
	if n < acknowledged || n < *before || n > max(acknowledged, *before)+1 {
		t.Errorf("the last of the records is %d, and %d was acknowledged", n, acknowledged)
	}
	*before = n
	for i := 1; i <= n; i++ {
		key, want := strconv.Itoa(i), strings.Repeat(strconv.Itoa(i), 1+i%50*20)
		for _, b := range []store.Bucket{"left", "right"} {
			value, err := tx.Get(b, key)
			if deleted := i <= n/3; deleted != errors.Is(err, store.ErrNotFound) || !deleted && string(value) != want {
				t.Errorf("record %d of %d in %q: %d bytes, %v", i, n, b, len(value), err)
			}
		}
	}
	return nil
}

func TestTwoProcesses(t *testing.T) {
	dir := t.TempDir()
	child, output := startChild(t, dir)
	if _, err := output.ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	go func() { _, _ = io.Copy(io.Discard, output) }()
	_, err := store.Open(t.Context(), dir)
	wantError(t, "Open beside another process", err, store.ErrInUse)

	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	open(t, dir).Close() // its lock ended with it
}
