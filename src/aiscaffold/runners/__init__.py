"""Readers of the files of task runners: each turns one file into tasks."""
