package serve

import (
	"net"
	"sync"
)

// bound returns a listener that has at most so many connections open at once. Accept waits
// for one of them to close.
func bound(l net.Listener, connections int) net.Listener {
	return &boundListener{Listener: l, open: make(chan struct{}, connections), closed: make(chan struct{})}
}

type boundListener struct {
	net.Listener
	open   chan struct{} // has an element for each connection
	closed chan struct{}
	once   sync.Once
}

// Accept implements [net.Listener].
func (l *boundListener) Accept() (net.Conn, error) {
	select {
	case l.open <- struct{}{}:
	case <-l.closed:
		return nil, net.ErrClosed
	}
	c, err := l.Listener.Accept()
	if err != nil {
		<-l.open
		return nil, err
	}
	return &boundConn{Conn: c, listener: l}, nil
}

// Close implements [net.Listener]. Connections stay open.
func (l *boundListener) Close() error {
	l.once.Do(func() { close(l.closed) })
	return l.Listener.Close()
}

type boundConn struct {
	net.Conn
	listener *boundListener
	once     sync.Once
}

// Close implements [net.Conn].
func (c *boundConn) Close() error {
	err := c.Conn.Close()
	c.once.Do(func() { <-c.listener.open })
	return err
}
