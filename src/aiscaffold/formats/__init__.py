"""How results look: each module renders one kind of output to a string and prints nothing."""
