"""The exports that known systems write: one file each, found by itself."""
