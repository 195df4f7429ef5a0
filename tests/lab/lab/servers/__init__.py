"""One file a server of the lab: its configuration, its programs, what healthy means for it."""
