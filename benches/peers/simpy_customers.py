"""REF-1/100 in SimPy with a process for every customer: written to, reacting or not, at a time of its own.

    sender     a process: every day at 10 it starts a process for each customer, and waits until all were served
    customer   a process: is reached or not; blocks, reports, replies or does nothing; blocks and reports come later
    rating     a process: wakes at the six hours of a day at which a rating can change
"""

from bisect import bisect
from itertools import accumulate
from math import exp
from random import Random

import simpy

import ref1
from platform_ref1 import ARRIVALS, RATING, RATING_HOURS, SENDING, TERMS, Platform
from simpy_events import At

UPTO = list(accumulate(ref1.SHARES))[:-1]


class Replication:
    def __init__(self, ref, random):
        self.ref = ref
        self.random = random.random
        self.env = simpy.Environment(0)
        self.platform = Platform(ref, self.start_review, self.start_flag)
        self.review = 0
        self.served = 0
        self.base = random.betavariate(*ref1.PRIOR)
        self.gauss = random.gauss
        self.env.process(self.send_daily())
        self.env.process(self.rate_daily())

    def play(self):
        self.env.run(until=ref1.HORIZON)
        return self.platform

    def start_review(self):
        self.review += 1
        self.env.process(self.review_process(self.review))

    def review_process(self, own):
        yield At(self.env, ref1.REVIEW, TERMS)
        if self.platform.reviewed and self.review == own:
            self.platform.end_review(self.env.now)

    def start_flag(self):
        self.env.process(self.flag_process())

    def flag_process(self):
        yield At(self.env, ref1.FLAGGED, TERMS)
        self.platform.end_flag(self.env.now)

    def rate_daily(self):
        now = 0
        for day in range(ref1.DAYS):
            for hour in RATING_HOURS:
                wakes = 24 * day + hour
                yield At(self.env, wakes - now, RATING)
                now = wakes
                self.platform.rate(now)

    def send_daily(self):
        env, platform = self.env, self.platform
        yield At(env, ref1.SEND_HOUR, SENDING)
        for _ in range(ref1.DAYS):
            effect = exp(ref1.SIGMA * self.gauss(0.0, 1.0) - 0.5 * ref1.SIGMA**2)
            block = min(self.base * effect, ref1.MOST_BLOCKS)
            acts = block + ref1.REPORT
            sent = self.ref.sends[platform.tier]
            self.served = 0
            for _ in range(sent):
                env.process(self.customer(block, acts, acts + ref1.REPLY))
            # A new process begins before anything else of its instant: now all have been served.
            yield At(env, 0, SENDING)
            platform.deliver(env.now, sent, self.served)
            yield At(env, 24, SENDING)

    def customer(self, block, acts, any_act):
        if self.random() >= ref1.DELIVERED:
            return
        self.served += 1
        act = self.random()
        if act >= any_act:
            return
        if act >= acts:
            self.platform.replied += 1
            return
        delay = ref1.DELAYS[bisect(UPTO, self.random())]
        # What comes without delay comes after the send, and no rating is asked before the next hour.
        if delay:
            yield At(self.env, delay, ARRIVALS)
        if act < block:
            self.platform.arrive(self.env.now, 1, 0)
        else:
            self.platform.arrive(self.env.now, 0, 1)


def run(ref, replications, seed, law):
    random = Random(seed)
    for _ in range(replications):
        Replication(ref, random).play().add_to(law)
        law.lap()


if __name__ == "__main__":
    ref1.main("simpy-customers", "ref-1-100", 100, run)
