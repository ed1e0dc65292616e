"""YAML with places: reading it, and turning complaints about it into ``file:line:column`` and a mend."""

from policies.located_yaml.mending import did_you_mean, problems_from
from policies.located_yaml.reading import BadYaml, Located, Problem, read, read_file

__all__ = ["BadYaml", "Located", "Problem", "did_you_mean", "problems_from", "read", "read_file"]
