"""Whether a flight arrives more than 15 minutes late, told before it leaves."""
