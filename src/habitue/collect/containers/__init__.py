"""The kinds of files that can be read: one file each, found by itself."""
