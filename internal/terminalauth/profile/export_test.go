package profile

// Marshal writes a file with the comments of its text before.
func Marshal(f *File, before []byte) ([]byte, error) { return f.marshal(before) }
