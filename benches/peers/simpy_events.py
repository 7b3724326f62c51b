"""The one event that both SimPy peers add: a timeout that knows its place in the order of an instant."""

import simpy


class At(simpy.Event):
    """An event so many hours from now, in its place in the order of one instant."""

    def __init__(self, env, delay, order, callback=None):
        self.env = env
        self.callbacks = [callback] if callback else []
        self._value = None
        self._ok = True
        self._defused = False
        env.schedule(self, order, delay)
