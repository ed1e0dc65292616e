"""How a letter becomes an e-mail: layout, chart, message, files."""
