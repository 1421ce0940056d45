"""Times checks one after the other by the SDKs of Licet and of Cerbos, and prints the microseconds a check of each, run by run."""

import json
import sys
import time
from pathlib import Path

from cerbos.sdk.client import CerbosClient
from cerbos.sdk.model import Principal, Resource

from licet import Licet

REMOTE = 300
"""So many questions a run of what goes over the network."""


def main():
    job = json.loads(Path(sys.argv[1]).read_text())
    local = Licet(job["api"], job["key"], name="bench", decision_log=False)
    remote = Licet(job["pdp"], job["key"], mode="remote", name="bench")
    local.wait_ready(60)
    cerbos = CerbosClient(f"http://127.0.0.1:{job['cerbos']}")

    def ours(question):
        request = question["request"]
        resource = {"id": request["resource"]["id"], **request["resource"]["properties"]}
        return request["subject"]["id"], question["permission"], resource

    def theirs(question):
        request = question["request"]
        kind, number, attributes = (request["resource"][name] for name in ("type", "id", "properties"))
        user = request["subject"]["id"]
        return request["action"]["name"], Principal(user, roles=set(job["roles"][user])), Resource(number, kind, attr=attributes)

    contestants = {
        "Licet, local": (ours, lambda *asked: bool(local.check(*asked)), len(job["questions"])),
        "Licet, remote": (ours, lambda *asked: bool(remote.check(*asked)), REMOTE),
        "cerbos": (theirs, cerbos.is_allowed, REMOTE),
    }
    timed = {name: [] for name in contestants}
    for run in range(job["runs"] + 1):
        for name, (form, check, count) in contestants.items():
            questions = job["questions"][:count]
            asked = [form(question) for question in questions]
            began = time.perf_counter()
            answers = [check(*each) for each in asked]
            took = time.perf_counter() - began
            if answers != [question["allowed"] for question in questions]:
                raise SystemExit(f"{name} gives wrong answers")
            if run > 0:  # the first one warms up
                timed[name].append(took / len(asked) * 1e6)
    print(json.dumps(timed))


main()
