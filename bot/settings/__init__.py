"""The settings: footnote.toml and the environment, read, checked and edited."""
