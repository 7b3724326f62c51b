"""The product as people run it: seconds on the clock, start-up, memory, and how cost grows. Used by benches/peers/run --write."""

import subprocess
import tempfile
import time
from pathlib import Path
from statistics import median

import memory

ROOT = Path(__file__).resolve().parent.parent.parent
CLIMB = "scenarios/first-climb.ron"
WHOLE = "benches/ref-1/ref-1.ron"
# Times that each side of a ratio is measured in a round.
TURNS = 3


def once(binary, scenario, replications, *more, watched=False):
    """Seconds on the clock of one run, files and charts included, and the most memory held \\[bytes\\] if it is watched.

    Who watches takes a part of a core: where two cores are held against one, nobody does.
    """
    with tempfile.TemporaryDirectory() as out:
        words = [binary, "run", scenario, "--replications", str(replications), "--no-cache", "--quiet", "--out", out, *more]
        began = time.perf_counter()
        child = subprocess.Popen(words, cwd=ROOT, stdout=subprocess.DEVNULL)
        peak = memory.watch(child.pid) if watched else None
        child.wait()
        wall = time.perf_counter() - began
        if child.returncode != 0:
            raise SystemExit(f"tiercast run {scenario} ended with {child.returncode}")
        return wall, peak and peak.result()


def seconds_of_replications(binary, scenario, replications, *more):
    """Seconds that the replications alone take: those of a run of one taken off."""
    return once(binary, scenario, replications, *more)[0] - once(binary, scenario, 1, *more)[0]


def ratio(rounds, measure_a, measure_b):
    """Median over rounds of a / b, with the lowest and the highest; each the shortest of interleaved turns of a round, as
    others on the machine only ever add to seconds on the clock."""

    def once():
        turns = [(measure_a(), measure_b()) for _ in range(TURNS)]
        return min(a for a, _ in turns) / min(b for _, b in turns)

    ratios = sorted(once() for _ in range(rounds))
    return f"{median(ratios):.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f})"


def report(binary, rounds, say):
    """Lines of a table: what, found, goal."""
    rows = []

    def row(what, found, goal):
        say(what)
        rows.append((what, found(), goal))

    def climb(replications, days, runs):
        measured = [once(binary, CLIMB, replications, "--set", f"horizon={days}d", watched=True) for _ in range(runs)]
        walls = [wall for wall, _ in measured]
        shortest = f" (shortest {min(walls):.2f})" if runs > 1 else ""
        return f"{median(walls):.2f} s{shortest}, {max(most for _, most in measured) / 2**20:.0f} MiB"

    def first_result():
        walls = []
        for _ in range(max(rounds, 5)):
            began = time.perf_counter()
            words = [binary, "explain", CLIMB, "--replication", "0"]
            subprocess.run(words, cwd=ROOT, stdout=subprocess.DEVNULL, check=True)
            walls.append(time.perf_counter() - began)
        return f"{1e3 * median(walls):.0f} ms"

    def two_cores():
        of = lambda threads: seconds_of_replications(binary, WHOLE, 20_000, "--threads", threads)
        return ratio(rounds, lambda: of("1"), lambda: of("2"))

    def a_day(messages):
        sets = ("platform.numbers.main.tier=unlimited", f"sender.plan=Constant(a_day: {messages})")
        changes = [word for change in sets for word in ("--set", change)]
        return seconds_of_replications(binary, WHOLE, 8_000, "--threads", "1", *changes)

    def days(count):
        return seconds_of_replications(binary, WHOLE, 8_000, "--threads", "1", "--set", f"horizon={count}d")

    def replications(count):
        return seconds_of_replications(binary, WHOLE, count, "--threads", "1")

    row("first-climb, 1,000 replications of 60 days, all cores, with files and charts", lambda: climb(1_000, 60, rounds), "under 1.5 s, 100 MiB")
    row("first-climb, 10,000 replications of 180 days, all cores, with files and charts", lambda: climb(10_000, 180, min(rounds, 3)), "under 30 s, 100 MiB")
    row("load, check, first result (`explain`)", first_result, "under 50 ms")
    row("REF-1, one core over two", two_cores, "1.9")
    row("REF-1, 100 million messages a day over 100 thousand", lambda: ratio(rounds, lambda: a_day(100_000_000), lambda: a_day(100_000)), "at most 1.3")
    row("REF-1, 120 days over 60", lambda: ratio(rounds, lambda: days(120), lambda: days(60)), "2, or less where futures end early")
    row("REF-1, 16,000 replications over 8,000", lambda: ratio(rounds, lambda: replications(16_000), lambda: replications(8_000)), "2")
    return rows
