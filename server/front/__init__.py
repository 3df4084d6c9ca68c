"""The HTTP server of `kg serve`: answers queries by itself and hands all else to the web application."""
