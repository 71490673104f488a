"""From the webhook that says a call was missed to the text at the carrier, on an idle machine.

    python -m benchmarks.first_text [--calls 100]

Wall time between sending the signed `dialed` webhook and the carrier's receiving the text; the
ceiling is one second.
"""

import argparse
import asyncio
import time

from benchmarks.figures import quantiles
from benchmarks.stack import stack


async def main(calls: int) -> None:
    """Miss calls one after the other and print how long each first text took."""
    async with stack(workers=1) as (on, profile):
        number = profile.phone_numbers[0].number
        took = []
        for n in range(calls):
            caller = f"+1208{2000000 + n:07d}"
            sid, _ = await on.twin.ring(on.base_url, caller, number)
            began = time.perf_counter()
            await on.twin.dialed(on.base_url, sid, caller, number)
            while not on.twin.to(caller):
                await asyncio.sleep(0.001)
            took.append(time.perf_counter() - began)
        p50, p99 = quantiles(took)
        print(f"first text, webhook to carrier: p50 {p50 * 1000:.0f} ms, p99 {p99 * 1000:.0f} ms")
        print(f"ceiling 1000 ms; p99 is {p99:.2f} of it ({calls} calls, web and worker processes)")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=100)
    asyncio.run(main(parser.parse_args().calls))
