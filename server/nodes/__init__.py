"""What the pages of entities, events and reports show, read from the graph. No web framework."""
