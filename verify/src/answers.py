"""Answers questions about policies with the engine of the Python SDK: one policy with its questions a line, one line of answers."""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "libs" / "sdk-python" / "src"))

from licet._engine import decide  # noqa: E402 -- found by the path above
from licet._explain import explain  # noqa: E402
from licet._plan import filter_plan  # noqa: E402
from licet._search import search_actions, search_resources, search_subjects  # noqa: E402
from licet._snapshot import create_snapshot  # noqa: E402


def grounds(snapshot, request, now):
    """Give everything that can be asked besides the decision."""
    return {
        "explanation": explain(snapshot, request, now).as_dict(),
        "plan": filter_plan(snapshot, request, now).as_dict(),
        "subjects": list(search_subjects(snapshot, request, now)),
        "resources": list(search_resources(snapshot, request, now)),
        "actions": list(search_actions(snapshot, request, now)),
    }


for line in sys.stdin:
    asked = json.loads(line)
    snapshot = create_snapshot(asked["document"])
    answers = [decide(snapshot, question["request"], question["now"]).as_dict() for question in asked["questions"]]
    more = [grounds(snapshot, question["request"], question["now"]) for question in asked["questions"][: asked["explained"]]]
    print(json.dumps({"answers": answers, "grounds": more}), flush=True)
