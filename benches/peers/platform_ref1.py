"""The platform of REF-1 for one replication at a time: what both SimPy peers share.

It holds the windows, judges when it is told, and knows neither chance nor SimPy; what ends later (a review, a flag)
is started through two calls that its owner gives it.
"""

from collections import deque

import ref1

# Order at one instant.
TERMS, ARRIVALS, RATING, SENDING, AFTER_SENDING = range(5)
# Hours of the day at which a rating can find something new: what is sent at 10 is heard and leaves the window then.
RATING_HOURS = sorted({(ref1.SEND_HOUR + delay) % 24 for delay in ref1.DELAYS})


class Platform:
    def __init__(self, ref, start_review, start_flag):
        self.ref = ref
        self.start_review = start_review
        self.start_flag = start_flag
        self.tier = 0
        self.low = self.flagged = self.reviewed = self.downgraded = False
        self.flags = 0
        self.reached = [0, None, None, None]
        self.sent = self.delivered = self.replied = self.blocked = self.reported = 0
        self.steps = [(0, 0)]  # when the tier changed, and to what
        self.feedback = 0  # blocks + 2 reports in the window
        self.feedback_by_hour = deque()
        self.recent = 0  # delivered in the window
        self.recent_by_hour = deque()

    def advance(self, now):
        """Drops what has left the window."""
        edge = now - ref1.WINDOW
        feedback = self.feedback_by_hour
        while feedback and feedback[0][0] <= edge:
            self.feedback -= feedback.popleft()[1]
        recent = self.recent_by_hour
        while recent and recent[0][0] <= edge:
            self.recent -= recent.popleft()[1]

    def arrive(self, now, blocks, reports):
        weighted = blocks + 2 * reports
        self.blocked += blocks
        self.reported += reports
        self.feedback += weighted
        self.feedback_by_hour.append((now, weighted))

    def rate(self, now):
        self.advance(now)
        self.low = self.recent >= self.ref.least and 50 * self.feedback >= self.recent
        if self.low and not self.flagged:
            self.flagged = True
            self.reviewed = False
            self.flags += 1
            self.start_flag()

    def deliver(self, now, sent, delivered):
        """A batch was sent: usage is judged once it is delivered."""
        self.sent += sent
        self.delivered += delivered
        self.recent += delivered
        self.recent_by_hour.append((now, delivered))
        limit = self.ref.limits[self.tier]
        if limit and self.recent >= 2 * limit and not (self.low or self.flagged or self.reviewed):
            self.reviewed = True
            self.start_review()

    def end_review(self, now):
        self.reviewed = False
        self.step(now, self.tier + 1)
        if self.reached[self.tier] is None:
            self.reached[self.tier] = now

    def end_flag(self, now):
        self.flagged = False
        if self.low and self.tier > 0:
            self.step(now, self.tier - 1)
            self.downgraded = True

    def step(self, now, tier):
        self.tier = tier
        self.steps.append((now, tier))

    def tiers(self):
        """The tier at the end of each day."""
        tiers = []
        for (_, tier), (until, _) in zip(self.steps, [*self.steps[1:], (ref1.HORIZON, None)]):
            tiers += [tier] * (until // 24 - len(tiers))
        return tiers

    def add_to(self, law):
        totals = (self.sent, self.delivered, self.replied, self.blocked, self.reported)
        law.add(self.reached, self.flags, self.downgraded, totals, self.tiers())
