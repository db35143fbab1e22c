"""aiscaffold: portfolio-grade AI projects, scaffolded, audited and kept up to date."""

__version__ = "0.5.0"
