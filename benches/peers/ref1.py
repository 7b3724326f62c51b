"""REF-1 as every Python peer needs it: its numbers, its law as one line of JSON, its command line.

    Ref1      the numbers of REF-1 and of REF-1/100 (limits a hundredth, Unknown below 10 deliveries)
    Law       what replications say together: shares, days, totals
    main()    --scenario, --replications, --seed; runs, prints the line

../ref-1/README.md states the scenario in words.
"""

import argparse
import json
import math
import time

DAYS = 60
SEND_HOUR = 10
HORIZON = 24 * DAYS
WINDOW = 168
FLAGGED = 168
REVIEW = 48
DELIVERED = 0.95
REPORT = 0.001
REPLY = 0.10
MOST_BLOCKS = 0.899
PRIOR = (3.0, 197.0)
SIGMA = 0.5
DELAYS = (0, 1, 2, 4, 8, 16, 24, 48)
SHARES = (0.40, 0.20, 0.10, 0.08, 0.08, 0.06, 0.05, 0.03)
TOTALS = ("sent", "delivered", "replied", "blocked", "reported")


class Ref1:
    """REF-1, or REF-1/100 for programs that follow every customer."""

    def __init__(self, name):
        part = {"ref-1": 1, "ref-1-100": 100}[name]
        self.name = name
        self.limits = (1_000 // part, 10_000 // part, 100_000 // part, None)
        self.sends = (1_000 // part, 10_000 // part, 100_000 // part, 200_000 // part)
        self.least = 100 if part == 1 else 10


class Law:
    """Adds replications up: whole numbers and their squares, so that parts can be merged."""

    def __init__(self):
        self.n = 0
        self.hours = [[0, 0, 0] for _ in range(4)]  # reached, sum and sum of squares of hours
        self.flagged = 0
        self.downgraded = 0
        self.sums = {name: [0, 0] for name in ("flags", *TOTALS)}
        self.tiers = [[0] * 4 for _ in range(DAYS)]  # by day, tier at its end
        self.laps = []
        self.lap_began = time.perf_counter()

    def lap(self):
        """A lap is over: a part of the work that is the same whenever the same is asked for, some 15 ms long. Who runs it
        again can tell what it takes from what others on the machine add."""
        now = time.perf_counter()
        self.laps.append(now - self.lap_began)
        self.lap_began = now

    def add(self, reached, flags, downgraded, totals, tiers):
        """One replication: hours (None: never), counts, totals in the order of TOTALS, tiers by day."""
        self.n += 1
        for row, hour in zip(self.hours, reached):
            if hour is not None:
                row[0] += 1
                row[1] += hour
                row[2] += hour * hour
        self.flagged += flags > 0
        self.downgraded += bool(downgraded)
        for row, value in zip(self.sums.values(), (flags, *totals)):
            row[0] += value
            row[1] += value * value
        for counts, tier in zip(self.tiers, tiers):
            counts[tier] += 1

    def report(self):
        n = max(self.n, 1)
        law = {"reached": [], "flagged": self.flagged / n, "downgraded": self.downgraded / n}
        for count, total, squares in self.hours:
            day = _mean_sd(count, total, squares, 24)
            law["reached"].append({"share": count / n, "count": count, "mean_day": day[0], "sd_day": day[1]})
        for name, (total, squares) in self.sums.items():
            mean, sd = _mean_sd(self.n, total, squares, 1)
            law[name] = {"mean": mean, "sd": sd}
        law["tier_by_day"] = [[count / n for count in counts] for counts in self.tiers]
        return law


def _mean_sd(n, total, squares, unit):
    if n == 0:
        return None, None
    mean = total / n
    variance = (squares - total * mean) / (n - 1) if n > 1 else 0.0
    return mean / unit, math.sqrt(max(variance, 0.0)) / unit


def _since_start():
    """Seconds since the process began, to 10 ms; None where the system does not tell."""
    try:
        with open("/proc/uptime") as uptime, open("/proc/self/stat") as stat:
            ticks = int(stat.read().rpartition(")")[2].split()[19])
            return float(uptime.read().split()[0]) - ticks / 100
    except OSError:
        return None


def _peak_memory():
    try:
        with open("/proc/self/status") as status:
            return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM"))
    except OSError:
        return None


def main(peer, scenario, replications, run, breaks=None):
    """`run(ref, replications, seed, law)` adds that many replications to the law; `breaks` makes it wrong on purpose."""
    words = argparse.ArgumentParser(prog=peer)
    words.add_argument("--scenario", choices=("ref-1", "ref-1-100"), default=scenario)
    words.add_argument("--replications", type=int, default=replications)
    words.add_argument("--seed", type=int, default=1)
    if breaks:
        words.add_argument("--wrong-order", action="store_true", help="rate after the send: a wrong law, for the gate")
    given = words.parse_args()
    if breaks and given.wrong_order:
        breaks()
    startup = _since_start()
    wall, cpu = time.perf_counter(), time.process_time()
    law = Law()
    run(Ref1(given.scenario), given.replications, given.seed, law)
    law.lap()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    print(json.dumps({
        "peer": peer,
        "scenario": given.scenario,
        "replications": law.n,
        "seed": given.seed,
        "work_seconds": wall,
        "cpu_seconds": cpu,
        "startup_seconds": startup,
        "peak_memory_bytes": _peak_memory(),
        "customer_outcomes": law.sums["sent"][0],
        "laps": law.laps,
        "law": law.report(),
    }))
