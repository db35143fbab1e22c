"""What the files and the history of a repository say, typed and read-only; each file reads one kind of source."""
