"""The views of the server, one blueprint a file."""
