"""What pages say of the whole graph, worked out once for each state of the data. No web framework."""
