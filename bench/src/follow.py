"""Prints the answer to a question, and the time in ns of the monotonic clock, whenever another policy is held."""

import sys
import time

from licet import Licet, LicetError

permission = sys.argv[1]
with Licet(name="bench-python", decision_log=False) as licet:
    licet.wait_ready(10)
    print("ready", flush=True)
    while True:
        try:
            licet.wait_ready(60, revision=licet.revision + 1)
        except LicetError:
            continue
        answer = bool(licet.check("alice", permission, "t1"))
        print(answer, time.monotonic_ns(), flush=True)
