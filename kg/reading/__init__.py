"""From a report to facts: the text side."""
