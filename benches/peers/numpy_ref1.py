"""REF-1 in NumPy: vectorised over replications, 10,000 at once.

Nothing can change but at six hours of a day: 10 (send, what comes after 0, 24 and 48 h) and 11, 12, 14, 18, 2 (what
comes after 1, 2, 4, 8, 16 h); what leaves the window leaves it at the same hours. Only these are worked through.

    at each of them, for all replications:   terms -> arrivals -> rating (-> send -> arrivals without delay)
"""

import numpy as np

import ref1

AT_ONCE = 10_000
HOURS = (2, 10, 11, 12, 14, 18)
SEND = HOURS.index(ref1.SEND_HOUR)
# Where what comes after each delay is heard: days later, position among the hours.
HEARD = [divmod(ref1.SEND_HOUR + delay, 24) for delay in ref1.DELAYS]
HEARD = [(days, HOURS.index(hour)) for days, hour in HEARD]
# The share of each delay among those that are not earlier.
PARTS = [share / sum(ref1.SHARES[row:]) for row, share in enumerate(ref1.SHARES)]
DAYS_KEPT = 10  # 7 behind, 2 ahead
NEVER = np.int32(1 << 30)
wrong_order = False


def break_order():
    """Rates at 10:00 after the send and its first reactions: another law, which the gate of `run` must stop."""
    global wrong_order
    wrong_order = True


class Batch:
    """The state of replications side by side."""

    def __init__(self, ref, n, rng):
        self.ref, self.rng, self.n = ref, rng, n
        self.sends = np.array(ref.sends)
        self.needed = np.array([2 * limit if limit else 1 << 60 for limit in ref.limits])
        self.base = rng.beta(*ref1.PRIOR, n)
        self.tier = np.zeros(n, np.int8)
        self.low = np.zeros(n, bool)
        self.flag_ends = np.full(n, NEVER)
        self.review_ends = np.full(n, NEVER)
        self.reached = np.full((4, n), NEVER)
        self.reached[0] = 0
        self.flags = np.zeros(n, np.int64)
        self.downgraded = np.zeros(n, bool)
        self.totals = np.zeros((5, n), np.int64)
        self.tiers = np.empty((ref1.DAYS, n), np.int8)
        self.feedback = np.zeros(n, np.int64)  # blocks + 2 reports in the window
        self.delivered = np.zeros(n, np.int64)  # in the window
        self.by_hour = np.zeros((DAYS_KEPT, len(HOURS), n), np.int64)
        self.by_day = np.zeros((DAYS_KEPT, n), np.int64)

    def play(self, law):
        for day in range(ref1.DAYS):
            for place, hour in enumerate(HOURS):
                now = np.int32(24 * day + hour)
                self.terms(now, place)
                self.hear(day, place)
                if place == SEND and wrong_order:
                    self.send(day, now)
                    self.rate(now)
                    continue
                self.rate(now)
                if place == SEND:
                    self.send(day, now)
            self.tiers[day] = self.tier
            law.lap()

    def terms(self, now, place):
        if place == SEND:
            up = np.flatnonzero(self.review_ends == now)
            if up.size:
                self.review_ends[up] = NEVER
                self.tier[up] += 1
                tier = self.tier[up]
                self.reached[tier, up] = np.minimum(self.reached[tier, up], now)
        over = np.flatnonzero(self.flag_ends == now)
        if over.size:
            self.flag_ends[over] = NEVER
            down = over[self.low[over] & (self.tier[over] > 0)]
            self.tier[down] -= 1
            self.downgraded[down] = True

    def hear(self, day, place):
        """What arrives now comes into the window, what came 7 days ago leaves it."""
        here = self.by_hour[day % DAYS_KEPT, place]
        old = self.by_hour[(day - 7) % DAYS_KEPT, place]
        self.feedback += here
        self.feedback -= old
        old[:] = 0
        if place == SEND:
            gone = self.by_day[(day - 7) % DAYS_KEPT]
            self.delivered -= gone
            gone[:] = 0

    def rate(self, now):
        self.low = (self.feedback * 50 >= self.delivered) & (self.delivered >= self.ref.least)
        new = np.flatnonzero(self.low & (self.flag_ends == NEVER))
        if new.size:
            self.flag_ends[new] = now + ref1.FLAGGED
            self.review_ends[new] = NEVER
            self.flags[new] += 1

    def send(self, day, now):
        rng, n = self.rng, self.n
        sent = self.sends[self.tier]
        effect = np.exp(ref1.SIGMA * rng.standard_normal(n) - 0.5 * ref1.SIGMA**2)
        block = np.minimum(self.base * effect, ref1.MOST_BLOCKS)
        delivered = rng.binomial(sent, ref1.DELIVERED)
        blocks = rng.binomial(delivered, block)
        reports = rng.binomial(delivered - blocks, ref1.REPORT / (1.0 - block))
        left = 1.0 - block - ref1.REPORT
        replies = rng.binomial(delivered - blocks - reports, np.minimum(ref1.REPLY / left, 1.0))
        self.totals[0] += sent
        self.totals[1] += delivered
        self.totals[2] += replies
        self.by_day[day % DAYS_KEPT] = delivered
        self.delivered += delivered
        ready = self.delivered >= self.needed[self.tier]
        ready &= ~self.low & (self.flag_ends == NEVER) & (self.review_ends == NEVER)
        self.review_ends[ready] = now + ref1.REVIEW
        self.spread(day, blocks, 3, 1)
        self.spread(day, reports, 4, 2)

    def spread(self, day, acts, total, weight):
        """Spreads acts over their delays; what comes without delay is in the window at once."""
        left = acts
        for delay, part, (days, place) in zip(ref1.DELAYS, PARTS, HEARD):
            # One binomial after another is a tenth faster here than `multinomial`, row by row.
            arriving = self.rng.binomial(left, part) if part < 1.0 else left
            left = left - arriving
            if 24 * day + ref1.SEND_HOUR + delay < ref1.HORIZON:
                self.totals[total] += arriving
            if weight > 1:
                arriving *= weight
            self.by_hour[(day + days) % DAYS_KEPT, place] += arriving
            if delay == 0:
                self.feedback += arriving


def run(ref, replications, seed, law):
    rng = np.random.Generator(np.random.SFC64(seed))
    for first in range(0, replications, AT_ONCE):
        batch = Batch(ref, min(AT_ONCE, replications - first), rng)
        batch.play(law)
        add(law, batch)


def add(law, batch):
    """Adds the replications of a batch to the law, whole arrays at a time."""
    law.n += batch.n
    for row, hours in zip(law.hours, batch.reached):
        hours = hours[hours < NEVER].astype(np.int64)
        row[0] += hours.size
        row[1] += int(hours.sum())
        row[2] += int((hours * hours).sum())
    law.flagged += int((batch.flags > 0).sum())
    law.downgraded += int(batch.downgraded.sum())
    for row, values in zip(law.sums.values(), (batch.flags, *batch.totals)):
        row[0] += int(values.sum())
        row[1] += int((values * values).sum())
    for counts, tiers in zip(law.tiers, batch.tiers):
        for tier, count in enumerate(np.bincount(tiers, minlength=4)):
            counts[tier] += int(count)


if __name__ == "__main__":
    ref1.main("numpy", "ref-1", 10_000, run, break_order)
