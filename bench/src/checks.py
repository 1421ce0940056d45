"""Times checks of a workload (see workload.ts) in this process, and prints the microseconds a check of each contestant, run by run.

Time is processor time of the whole process, threads included: so much of one core it takes, whatever else the machine does.
"""

import json
import sys
import time
from pathlib import Path

from licet import Licet
from licet._fetcher import Response
from licet._pace import Pace
from licet.testing import MemoryControlPlane

STRETCH = 5_000
CASBIN = """
[request_definition]
r = sub, obj, act, owner
[policy_definition]
p = sub, obj, act
[role_definition]
g = _, _
[policy_effect]
e = some(where (p.eft == allow))
[matchers]
m = {condition}r.obj == p.obj && r.act == p.act && g(r.sub, p.sub)
"""


class Taking(MemoryControlPlane):
    """A control plane that takes the decision log without reading it."""

    taken = 0

    def send(self, method, path, *, headers, body, **options):
        if path != "/replica/v1/decisions":
            return super().send(method, path, headers=headers, body=body, **options)
        Taking.taken += body.count(b'"tenant":')
        return Response(202, {}, b"")


def connected(rows):
    plane = Taking(rows)
    licet = Licet("http://licet.test", "lct_bench", fetcher=plane, name="bench", pace=Pace(upload=0.02))
    licet.wait_ready(60)
    return plane, licet


def licet_checks(rows):
    _, licet = connected(rows)
    edited_plane, edited = connected(rows)
    logged = 0

    def asked(question):
        request = question["request"]
        resource = {"id": request["resource"]["id"], **request["resource"]["properties"]}
        # A permission is a literal in an application, of which there is one.
        return request["subject"]["id"], sys.intern(question["permission"]), resource

    def quiet(questions):
        return [bool(licet.check(*question, log=False)) for question in questions]

    def first(questions):
        return [bool(edited.check(*question, log=False)) for question in questions]

    def logging(questions):
        nonlocal logged
        logged += len(questions)
        answers = [bool(licet.check(*question)) for question in questions]
        while Taking.taken < logged:  # what is written down has to be sent, too
            time.sleep(0.001)
        return answers

    def edit():
        edited.wait_ready(60, revision=edited_plane.commit())

    return {
        "check(), not logged": (asked, quiet, None),
        "check(), logged and uploaded": (asked, logging, None),
        "check(), not logged, each the first after an edit": (asked, first, edit),
    }


def casbin_checks(workload):
    import logging as logs

    import casbin

    model = casbin.Model()
    model.load_model_from_text(CASBIN.format(condition="r.sub == r.owner && " if workload["condition"] else ""))
    logs.disable(logs.CRITICAL)
    enforcer = casbin.Enforcer(model)
    for number, role in enumerate(workload["roles"]):
        enforcer.add_policies([[f"role{number}", *permission.split(":")] for permission in dict.fromkeys(role["permissions"])])
        for inherited in role["inherits"]:
            enforcer.add_grouping_policy(f"role{number}", f"role{inherited}")
    enforcer.add_grouping_policies([[user["id"], f"role{role}"] for user in workload["users"] for role in dict.fromkeys(user["roles"])])

    def asked(question):
        request = question["request"]
        resource = request["resource"]
        return request["subject"]["id"], resource["type"], request["action"]["name"], resource["properties"]["ownerId"]

    return {"casbin": (asked, lambda questions: [enforcer.enforce(*question) for question in questions], None)}


def main():
    workload = json.loads(Path(sys.argv[1]).read_text())
    contestants = licet_checks(workload["document"]["rows"])
    try:
        contestants |= casbin_checks(workload)
    except ImportError:
        pass
    timed = {name: [] for name in contestants}
    for run in range(workload["runs"] + 1):
        for name, (asked, check, before) in contestants.items():
            some = workload["questions"][:40] if name.startswith("casbin") else workload["questions"]
            questions, expected = [asked(question) for question in some], [question["allowed"] for question in some]
            for start in range(0, len(questions), STRETCH):
                part = questions[start : start + STRETCH]
                if before is not None:
                    before()
                began = time.process_time()
                answers = check(part)
                took = time.process_time() - began
                if answers != expected[start : start + STRETCH]:
                    raise SystemExit(f"{name} gives wrong answers")
                if run > 0:  # the first one warms up
                    timed[name].append(took / len(part) * 1e6)
    print(json.dumps(timed))


main()
