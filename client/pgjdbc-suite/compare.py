#!/usr/bin/env python3
"""Compares two runs of pgjdbc's tests: whatever passes through pgjdbc alone has to pass through our driver (B-4).

usage: compare.py REPORTS-OF-PGJDBC REPORTS-OF-OUR-DRIVER
"""
import collections
import pathlib
import sys
import xml.etree.ElementTree as xml


def outcomes(folder):
    """Outcome by (class, method with arguments); of several with one name the worst."""
    found = {}
    order = ["passed", "skipped", "failed"]
    for report in pathlib.Path(folder).glob("TEST-*.xml"):
        for case in xml.parse(report).getroot().iter("testcase"):
            failed = case.find("failure") is not None or case.find("error") is not None
            outcome = "failed" if failed else "skipped" if case.find("skipped") is not None else "passed"
            key = (case.get("classname"), case.get("name") or "(class)")
            found[key] = max(found.get(key, outcome), outcome, key=order.index)
    return found


def expected():
    lines = (pathlib.Path(__file__).parent / "differences.txt").read_text().splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def explained(test, by_design):
    name = test[0].rsplit(".", 1)[-1] + "." + test[1].split("(")[0].split("{")[0].split("[")[0]
    return any(name == line or line.endswith("*") and name.startswith(line[:-1]) for line in by_design)


def main():
    alone, ours = outcomes(sys.argv[1]), outcomes(sys.argv[2])
    by_design = expected()
    classes = collections.defaultdict(lambda: [0, 0, 0])
    unexplained = []
    for test, outcome in sorted(alone.items()):
        if outcome != "passed":
            continue
        counts = classes[test[0]]
        counts[0] += 1
        if ours.get(test) == "passed":
            counts[1] += 1
        elif explained(test, by_design):
            counts[2] += 1
        else:
            unexplained.append(test)
    for name, (passed, too, design) in sorted(classes.items()):
        if passed != too:
            print(f"{name}: {passed} pass through pgjdbc, {too} through our driver, {design} differ by design")
    sums = [sum(counts[i] for counts in classes.values()) for i in range(3)]
    full = sum(1 for passed, too, _ in classes.values() if passed == too)
    print(f"{sums[0]} tests in {len(classes)} classes pass through pgjdbc; through our driver {sums[1]}"
          f" ({100 * sums[1] / sums[0]:.2f} %), {full} classes whole; {sums[2]} differ by design")
    for test in unexplained:
        print("NOT EXPLAINED:", *test)
    return 1 if unexplained else 0


if __name__ == "__main__":
    sys.exit(main())
