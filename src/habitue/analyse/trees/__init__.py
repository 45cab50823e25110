"""Decision trees that say in rules what a group has in common."""
