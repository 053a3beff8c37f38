"""The gateway with one more address: `POST /bench/echo` calls the bare nameko echo through the gateway's own client."""

from __future__ import annotations

from flask import Response, jsonify, request

from chassis.client import RpcClient
from gateway.app import create_app
from gateway.config import read

config = read()
client = RpcClient(config.amqp_url)
application = create_app(config, client)


@application.post("/bench/echo")
def echo() -> Response:
    """The request's JSON, answered by the bare service."""
    return jsonify(client.call("bare", "echo", request.get_json(), 10.0))
