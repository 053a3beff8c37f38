"""The two ways in which a call ends without an answer."""


class Away(Exception):
    """The service (or the broker) is not there: nothing was begun. 503, try again later."""

    def __init__(self, service: str, reason: str = "") -> None:
        super().__init__(f"{service} is away: {reason}" if reason else f"{service} is away")
        self.service = service
        self.reason = reason


class UnknownOutcome(Exception):
    """The call was sent and no answer came: it may have been done or not. 504; repeating with the same id is safe."""

    def __init__(self, service: str, method: str = "", reason: str = "") -> None:
        super().__init__(f"the outcome of {service}.{method} is unknown: {reason}")
        self.service = service
        self.method = method
        self.reason = reason
