"""The purse on nameko, with methods that misbehave."""

import os
import time
from pathlib import Path
from typing import Any

from chassis.host import Service
from chassis.host.responder import rpc
from purse.app import application


class Purse(Service):
    """The purse."""

    name = "purse"
    application = application

    @rpc
    def echo(self, request: dict[str, Any]) -> dict[str, Any]:
        """Give back what came."""
        return {"ok": request}

    @rpc
    def pid(self, request: dict[str, Any]) -> dict[str, Any]:
        """Which process answers."""
        return {"ok": os.getpid()}

    @rpc
    def raises(self, request: dict[str, Any]) -> dict[str, Any]:
        """Raise what nobody foresaw."""
        raise RuntimeError("secret detail")

    @rpc
    def strange(self, request: dict[str, Any]) -> dict[str, Any]:
        """Answer what JSON cannot say."""
        return {"ok": object()}

    @rpc
    def slowly(self, request: dict[str, Any]) -> dict[str, Any]:
        """Answer after `seconds`; the file `begun` tells that it runs, `file` that it was run."""
        if "begun" in request:
            Path(request["begun"]).touch()
        time.sleep(request["seconds"])
        with Path(request["file"]).open("a") as file:
            file.write(".")
        return {"ok": None}
