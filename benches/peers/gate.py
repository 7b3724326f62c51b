"""The gate: do two programs give the same law? Only then do their times say anything.

Every statistic of the law is compared with ours as a difference over its standard error. The bound is wide enough
that of a thousand right programs about one is stopped, whatever the number of statistics: it is Bonferroni's over
all of them.
"""

from math import sqrt
from statistics import NormalDist

FALSE_ALARM = 0.001
TOTALS = ("flags", "sent", "delivered", "replied", "blocked", "reported")
# A share by day is compared where so many replications of both programs are expected in it, and outside it.
LEAST_EXPECTED = 10
# Of fewer values a mean is not compared: it need not be normal.
LEAST_OF_A_MEAN = 30


def pool(runs):
    """The law of several runs of one program as if they had been one."""
    n = sum(run["replications"] for run in runs)
    laws = [(run["replications"], run["law"]) for run in runs]

    def share(pick):
        return sum(m * pick(law) for m, law in laws) / n

    def moments(parts):
        parts = [(m, mean, sd) for m, mean, sd in parts if m]
        m = sum(m for m, _, _ in parts)
        if m == 0:
            return 0, None, None
        mean = sum(m * mean for m, mean, _ in parts) / m
        squares = sum((m - 1) * sd**2 + m * (own - mean) ** 2 for m, own, sd in parts)
        return m, mean, sqrt(squares / (m - 1)) if m > 1 else 0.0

    law = {"reached": [], "flagged": share(lambda law: law["flagged"])}
    law["downgraded"] = share(lambda law: law["downgraded"])
    for tier in range(4):
        rows = [law["reached"][tier] for _, law in laws]
        count, mean, sd = moments([(row["count"], row["mean_day"], row["sd_day"]) for row in rows])
        law["reached"].append({"share": count / n, "count": count, "mean_day": mean, "sd_day": sd})
    for name in TOTALS:
        _, mean, sd = moments([(m, law[name]["mean"], law[name]["sd"]) for m, law in laws])
        law[name] = {"mean": mean, "sd": sd}
    days = range(len(laws[0][1]["tier_by_day"]))
    law["tier_by_day"] = [[share(lambda law: law["tier_by_day"][d][t]) for t in range(4)] for d in days]
    return n, law


def compare(ours, theirs):
    """Every statistic: name, ours, theirs, difference over its standard error."""
    (n, a), (m, b) = ours, theirs
    rows = []
    for tier in (1, 2, 3):
        p, q = a["reached"][tier], b["reached"][tier]
        rows.append(_share(f"reached tier {tier}", n, p["share"], m, q["share"]))
        if min(p["count"], q["count"]) >= LEAST_OF_A_MEAN:
            name = f"mean day of tier {tier}"
            rows.append(_mean(name, p["count"], p["mean_day"], p["sd_day"], q["count"], q["mean_day"], q["sd_day"]))
    for name in ("flagged", "downgraded"):
        rows.append(_share(name, n, a[name], m, b[name]))
    for name in TOTALS:
        p, q = a[name], b[name]
        rows.append(_mean(f"mean of {name}", n, p["mean"], p["sd"], m, q["mean"], q["sd"]))
    # Sharp, since it is customers who are counted here: what is delivered of what is sent, what is answered of that.
    for name, of in (("delivered", "sent"), ("replied", "delivered")):
        own, other = n * a[of]["mean"], m * b[of]["mean"]
        rows.append(_share(f"{name} of {of}", own, n * a[name]["mean"] / own, other, m * b[name]["mean"] / other))
    for day, (own, other) in enumerate(zip(a["tier_by_day"], b["tier_by_day"])):
        for tier, (p, q) in enumerate(zip(own, other)):
            middle = (n * p + m * q) / (n + m)
            if min(n, m) * min(middle, 1 - middle) >= LEAST_EXPECTED:
                rows.append(_share(f"tier {tier} at the end of day {day}", n, p, m, q))
    return rows


def _share(name, n, p, m, q):
    middle = (n * p + m * q) / (n + m)
    error = sqrt(middle * (1 - middle) * (1 / n + 1 / m))
    return name, p, q, _over(abs(p - q) - 0.5 / min(n, m), error)


def _mean(name, n, mean, sd, m, other, other_sd):
    # If both have one law, both tell its spread.
    variance = ((n - 1) * sd**2 + (m - 1) * other_sd**2) / (n + m - 2)
    return name, mean, other, _over(abs(mean - other), sqrt(variance * (1 / n + 1 / m)))


def _over(difference, error):
    if difference <= 0:
        return 0.0
    return difference / error if error > 0 else float("inf")


def judge(ours, theirs):
    """The statistics out of bounds (worst first), the bound, how many were compared, and the smallest difference in
    the chance of a flag that would have been seen."""
    rows = compare(ours, theirs)
    bound = NormalDist().inv_cdf(1 - FALSE_ALARM / len(rows) / 2)
    wrong = sorted((row for row in rows if row[3] > bound), key=lambda row: -row[3])
    (n, law), (m, _) = ours, theirs
    p = law["flagged"]
    return wrong, bound, len(rows), bound * sqrt(p * (1 - p) * (1 / n + 1 / m))
