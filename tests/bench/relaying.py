"""The relay of the sample service `mint` on a full outbox, in its own process; prints the seconds until it is empty."""

import importlib
import time
import warnings

warnings.filterwarnings("ignore", message=r"\s*Eventlet is deprecated")
eventlet = importlib.import_module("eventlet")
eventlet.monkey_patch()

config = importlib.import_module("chassis.core.config").load("mint")
office = importlib.import_module("chassis.core").Office(importlib.import_module("mint.app").application, config)
relay = importlib.import_module("chassis.host.relay").Relay(office.outbox, config.amqp_url, "mint")
eventlet.spawn(relay.broker.run)
relay.broker.wait_up(10)
began = time.perf_counter()
eventlet.spawn(relay.run)
while office.outbox.waiting():
    eventlet.sleep(0.02)
print(time.perf_counter() - began)
relay.stop()
