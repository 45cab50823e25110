"""One file a section of the report: what it says, from the facts, in the language in force."""
