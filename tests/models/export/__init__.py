"""Exporting, first without torch; then what Transformers and PEFT compute is the measure."""
