"""Measurements: each module has ``run()`` that returns a JSON object, with a named peer where there is one."""
