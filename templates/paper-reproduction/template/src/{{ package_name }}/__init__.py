"""A published table, reproduced: claims first, then runs, then verdicts."""
