"""`python -m tests.bench http|rpc|relay|subscriber|growth|all`: measure and print ratios; `all` leaves out growth, which takes long."""

import argparse
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "chassis" / "tests" / "samples"), str(ROOT / "chassis"), str(ROOT)]


def main() -> None:
    """Run one measurement or all that need the private broker."""
    import coinstage

    from tests.bench import growth, http, relay, rpc, subscriber

    measurements = {"http": http.measure, "rpc": rpc.measure, "relay": relay.measure, "subscriber": subscriber.measure}
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("what", choices=[*measurements, "growth", "all"])
    parser.add_argument("--scale", type=float, default=1.0, help="more or fewer calls, facts or leads than usual")
    parser.add_argument("--database", choices=["both", "sqlite", "postgresql"], default="both", help="of growth")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        if options.what == "growth":
            growth.measure(Path(folder), options.scale, options.database)
            return
        with coinstage.new_broker(Path(folder)) as broker:
            for name, measure in measurements.items():
                if options.what in (name, "all"):
                    print(f"── {name} ──", flush=True)
                    measure(broker.url(), Path(folder), options.scale)


main()
