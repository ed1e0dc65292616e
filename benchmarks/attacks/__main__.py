"""``python -m benchmarks.attacks [word ...]``: print attacks as one JSON object; exit 1 where one did not hold."""

from __future__ import annotations

import json
import sys

from benchmarks import attacks
from benchmarks.attacks.frame import inside
from bot.logs import configure

if __name__ == "__main__":
    words = sys.argv[1:]
    configure("error")
    if words[:1] == ["--inside"]:
        inside(words[1])
    found = attacks.run(words)
    print(json.dumps(found, indent=2))
    sys.exit(1 if found["not_held"] else 0)
