"""YAML with places: reading it, and turning complaints about it into ``file:line:column`` and a mend."""

from policies.located_yaml.mending import complaint, did_you_mean, in_words, problems_from
from policies.located_yaml.reading import BadYaml, Loc, Located, Problem, read, read_file

__all__ = [
    "BadYaml",
    "Loc",
    "Located",
    "Problem",
    "complaint",
    "did_you_mean",
    "in_words",
    "problems_from",
    "read",
    "read_file",
]
