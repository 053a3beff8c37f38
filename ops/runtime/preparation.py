"""What a stack needs before its processes start: keys, the broker's definitions, migrated databases."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor

from ops.generate import keys, topology
from ops.generate.descriptions import UNUSED_BROKER_URL
from ops.generate.topology import ServiceTopology
from ops.layout import Layout
from ops.runtime import external_broker, stamps
from ops.runtime.broker import PrivateBroker
from ops.runtime.deployment import BROKER, Deployment, inherited_environment


def prepare(layout: Layout) -> Deployment:
    """Make keys, passwords and the broker's definitions, or declare the queues on the broker that `amqp_url` names.

    Starts nothing. Raises Fault, also when a port of the private broker is taken.
    """
    passwords = keys.make(layout)
    with ThreadPoolExecutor(2) as pool:
        topologies = list(pool.map(lambda service: _service_topology(layout, service), layout.services))
    if layout.amqp_url:
        external_broker.declare(layout.amqp_url, topologies)
        return Deployment(layout)
    path = topology.write(layout.folder / "definitions.json", topologies, passwords)
    ports = (layout.broker_port, layout.dist_port, layout.epmd_port)
    broker = PrivateBroker(layout.folder / BROKER, *ports, users=passwords, definitions=path)
    broker.prepare()
    broker.require_free_ports()
    return Deployment(layout, broker)


def migrate(deployment: Deployment) -> None:
    """Bring every database to its newest migration; a program whose sources have not changed since is skipped."""
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda program: _migrate(deployment, program), deployment.layout.programs))


def _migrate(deployment: Deployment, program: str) -> None:
    with stamps.once(deployment.layout.folder, f"migrate-{program}", stamps.source_digest(program)) as due:
        if due:
            deployment.run(program, "migrate")


def _service_topology(layout: Layout, service: str) -> ServiceTopology:
    """What a service listens to, asked again only when its sources have changed."""
    path = layout.folder / f"topology-{service}.json"
    with stamps.once(layout.folder, f"topology-{service}", stamps.source_digest(service)) as due:
        if due or not path.exists():
            environment = {**inherited_environment(), **layout.environment(service, UNUSED_BROKER_URL)}
            path.write_text(json.dumps(topology.service_topology(service, layout.python, environment)))
    answer: ServiceTopology = json.loads(path.read_text())
    return answer
