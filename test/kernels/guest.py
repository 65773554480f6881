"""Runs in the guest: the kernel programs' tests, then every scenario. Writes one JSON object a line to the results."""

import itertools
import json
import os
import subprocess
import sys
import threading
import time
import traceback
from pathlib import Path

import confined
import exchange

TESTS_SECONDS_MAX = 1200
LATE_SECONDS_MAX = 30


class Failure(Exception):
    pass


def verifier_log(job):
    """What the verifier says to each program of each object, for the log; cleartap itself keeps one line of it."""
    for each in sorted(Path(job["build"], "bpf").glob("*.bpf.o")):
        subprocess.run([job["load_programs"], each], timeout=TESTS_SECONDS_MAX)


def bpf_tests(job):
    """The test program, or the part of it that the kernel's row names. Where all is skipped, nothing was shown."""
    summary = ""
    command = ["stdbuf", "-oL", job["bpf_tests"], "--durations", "yes", *job["tests"]]
    # Their own files are in a file system of one layer, as the files of most machines are; the guest's / has two.
    environment = {**os.environ, "TMPDIR": "/run"}
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    with subprocess.Popen(command, **streams, text=True, env=environment) as running:
        limit = threading.Timer(TESTS_SECONDS_MAX, running.kill)
        limit.start()
        for line in running.stdout:
            print(line, end="", flush=True)
            if line.startswith(("All tests passed", "test cases:")):
                summary = line.strip()
        limit.cancel()
    return {"failure": f"exit status {running.returncode}" if running.returncode else "", "summary": summary}


def expect(condition, text):
    if not condition:
        raise Failure(text)


def both_sides(watcher, made):
    seen = [each for each in watcher.exchanges() if (each["request"] or {}).get("path") == made.path]
    return {each["role"]: each for each in seen if each["quality"] == "complete"}


def compare(sides, made, addresses):
    """Both sides whole and right; their sockets as expected. Returns how the sockets are known."""
    ends = {"server": (made.server, made.client), "client": (made.client, made.server)}
    known = set()
    for role, each in sides.items():
        expect(each["request"]["body"] == made.sent, f"the {role}'s request is not what was sent")
        expect(each["response"]["body"] == made.answered, f"the {role}'s response is not what was sent")
        sockets = (each["local"], each["remote"])
        expect(sockets in (ends[role], (None, None)), f"the {role}'s sockets are {sockets}, not {ends[role]}")
        known.add(sockets != (None, None))
    expect(addresses is None or known == {addresses}, f"sockets known: {known}, expected {addresses}")
    return "right" if known == {True} else "null" if known == {False} else "half"


def find_late(job, watcher, name):
    """A program that starts while cleartap runs, with a libssl that nobody has used before, must be found; what it says
    before that is lost, so it goes on until it is seen."""
    end = time.monotonic() + LATE_SECONDS_MAX
    with exchange.server(job["certificate"], job["key"]) as port:
        for i in itertools.count():
            made = exchange.make(port, job["certificate"], f"{name} late {i}")
            if watcher.until(lambda: "server" in both_sides(watcher, made), seconds_max=2):
                return "seen"
            if time.monotonic() > end:
                return "no"


def leave_behind(job, scenario):
    """A cleartap that is killed while its probes are in place, and a definition of someone else."""
    with confined.Watcher(job["cleartap"], scenario) as killed:
        expect(killed.ready(), f"the first one does not start: {killed.complaints()}")
    expect(confined.uprobe_events(), "the killed one left nothing, so nothing is shown")
    confined.define_foreign_event()


def captures(job, scenario, port, row):
    foreign = set()
    if scenario["after_kill"]:
        leave_behind(job, scenario)
        foreign = {line for line in confined.uprobe_events() if confined.FOREIGN in line}
    with confined.Watcher(job["cleartap"], scenario) as watcher:
        expect(watcher.ready(), f"does not start: {watcher.complaints()}")
        expect(not (excess := watcher.excess_rights()), f"has rights that it should not have: {excess}")
        row |= watcher.seen_by_kernel()
        made = exchange.make(port, job["certificate"], scenario["name"])
        found = watcher.until(lambda: {"server", "client"} <= set(both_sides(watcher, made)))
        row["captured"] = "both" if found else ",".join(both_sides(watcher, made)) or "no"
        expect(found, f"not seen by both sides; {watcher.complaints()}; {watcher.exchanges()}"[:2000])
        row["addresses"] = compare(both_sides(watcher, made), made, scenario["addresses"])
        row["late"] = find_late(job, watcher, scenario["name"])
        for what in ("transport", "sockets", "buffer", "late"):
            wanted = scenario[what]
            expect(wanted in (None, row[what]), f"{what} is {row[what]}, expected {wanted}")
        status = watcher.stop()
        expect(status == 0, f"ends with {status}: {watcher.complaints()}")
    expect(set(confined.uprobe_events()) == foreign, f"left in uprobe_events: {confined.uprobe_events()}")


def refuses(job, scenario, row):
    with confined.Watcher(job["cleartap"], scenario) as watcher:
        started = watcher.ready()
        expect(not started, "starts, though it has not the rights")
        status = watcher.ended()
        row["captured"] = "refused"
        expect(status not in (0, None), f"ends with {status}")
        for name in scenario["refused"]:
            expect(name in watcher.complaints(), f"the refusal does not name {name}: {watcher.complaints()}")


def clean_up():
    """What a failed scenario left must not make the next one fail."""
    if confined.uprobe_events():
        confined.UPROBE_EVENTS.write_text("\n")


def run_scenario(job, scenario, port):
    row = {"scenario": scenario["name"], "failure": ""}
    began = time.monotonic()
    try:
        with confined.machine_of(scenario):
            verdict = {}
            if not scenario["settings"]:  # of which `check` knows nothing
                verdict = confined.check(job["cleartap"], scenario)
                row["check"] = "usable" if verdict["usable"] else "not usable"
            if scenario["refused"]:
                refuses(job, scenario, row)
            else:
                captures(job, scenario, port, row)
            right = verdict.get("usable", not scenario["refused"]) != bool(scenario["refused"])
            expect(right, f"check is wrong: {json.dumps(verdict)}")
    except Failure as failure:
        row["failure"] = str(failure)
    except Exception:
        row["failure"] = traceback.format_exc()
    clean_up()
    row["seconds"] = round(time.monotonic() - began)
    return row


def main():
    job = json.loads(Path(sys.argv[1]).read_text())
    failed = False
    with open("/dev/ttyS1", "w") as results:

        def tell(row):
            nonlocal failed
            failed = failed or bool(row.get("failure"))
            print(row, flush=True)
            results.write(json.dumps(row) + "\n")
            results.flush()

        if job["bpf_tests"]:
            tell({"scenario": "bpf_tests", **bpf_tests(job)})
        with exchange.server(job["certificate"], job["key"]) as port:
            for scenario in job["scenarios"]:
                tell(run_scenario(job, scenario, port))
        if failed:
            verifier_log(job)
        tell({"end": True})


main()
