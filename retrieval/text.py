"""Words, stems and terms: the only place where text is split for matching."""
