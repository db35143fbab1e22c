"""The systems that run CI, one file per way of writing it down."""
