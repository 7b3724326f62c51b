"""REF-1 in SimPy with batches: what arrives at one hour is one event, however many customers it is.

    sender    a process: sends every day at 10 and schedules what will arrive
    rating    a process: wakes at the six hours of a day at which a rating can change
    review, flag    events at their ends; a review that was cancelled meanwhile is recognised by its number
"""

from math import exp

import numpy as np
import simpy

import ref1
from platform_ref1 import ARRIVALS, RATING, RATING_HOURS, SENDING, TERMS, Platform
from simpy_events import At

LATER = ref1.DELAYS[1:]


class Replication:
    def __init__(self, ref, rng):
        self.rng = rng
        self.ref = ref
        self.env = simpy.Environment(0)
        self.platform = Platform(ref, self.start_review, self.start_flag)
        self.review = 0
        self.base = rng.beta(*ref1.PRIOR)
        z = rng.standard_normal(ref1.DAYS).tolist()
        self.effects = [exp(ref1.SIGMA * z - 0.5 * ref1.SIGMA**2) for z in z]
        self.env.process(self.send_daily())
        self.env.process(self.rate_daily())

    def play(self):
        self.env.run(until=ref1.HORIZON)
        return self.platform

    def start_review(self):
        self.review += 1
        own = self.review

        def end(_):
            if self.platform.reviewed and self.review == own:
                self.platform.end_review(self.env.now)

        At(self.env, ref1.REVIEW, TERMS, end)

    def start_flag(self):
        At(self.env, ref1.FLAGGED, TERMS, lambda _: self.platform.end_flag(self.env.now))

    def rate_daily(self):
        env, platform = self.env, self.platform
        now = 0
        for day in range(ref1.DAYS):
            for hour in RATING_HOURS:
                wakes = 24 * day + hour
                yield At(env, wakes - now, RATING)
                now = wakes
                platform.rate(now)

    def send_daily(self):
        env, platform, rng, sends = self.env, self.platform, self.rng, self.ref.sends
        yield At(env, ref1.SEND_HOUR, SENDING)
        for effect in self.effects:
            now = env.now
            block = min(self.base * effect, ref1.MOST_BLOCKS)
            sent = sends[platform.tier]
            delivered = int(rng.binomial(sent, ref1.DELIVERED))
            outcomes = (block, ref1.REPORT, ref1.REPLY, max(0.0, 1.0 - block - ref1.REPORT - ref1.REPLY))
            blocks, reports, replies, _ = rng.multinomial(delivered, outcomes).tolist()
            platform.replied += replies
            platform.deliver(now, sent, delivered)
            self.schedule(now, blocks, reports)
            yield At(env, 24, SENDING)

    def schedule(self, now, blocks, reports):
        rng, env, platform = self.rng, self.env, self.platform
        blocks = rng.multinomial(blocks, SHARES).tolist()
        reports = rng.multinomial(reports, SHARES).tolist() if reports else NOBODY
        # What comes without delay comes after the send, and no rating is asked before the next hour.
        platform.arrive(now, blocks[0], reports[0])
        for delay, block, report in zip(LATER, blocks[1:], reports[1:]):
            if block or report:

                def arrive(_, block=block, report=report):
                    platform.arrive(env.now, block, report)

                At(env, delay, ARRIVALS, arrive)


SHARES = np.array(ref1.SHARES)
NOBODY = [0] * len(ref1.SHARES)
# Replications of a lap.
LAP = 16


def run(ref, replications, seed, law):
    rng = np.random.Generator(np.random.SFC64(seed))
    for number in range(replications):
        Replication(ref, rng).play().add_to(law)
        if (number + 1) % LAP == 0:
            law.lap()


if __name__ == "__main__":
    ref1.main("simpy-batches", "ref-1", 1_000, run)
