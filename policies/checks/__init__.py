"""One module for each kind of rule; its docstring is its manual page."""
