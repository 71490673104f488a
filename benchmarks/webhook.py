"""Webhooks a second and their p99, beside a bare handler of the same framework in the same run.

    python -m benchmarks.webhook [--requests 2000] [--clients 8]

Ours checks the signature, stores the text once, reads the law, opens the lead, writes the journal
and puts the turn's job, in one transaction. The bare one checks the signature and inserts a row.
"""

import argparse
import asyncio
import os
import sys
import time
import uuid

import httpx

from benchmarks.figures import quantiles
from benchmarks.stack import Stack, free_port, stack
from texting.carriers.twilio import sign


async def main(requests: int, clients: int) -> None:
    """Load ours and the bare handler in turn, twice, and print both with their ratio."""
    async with stack(workers=0) as (on, profile):
        number = profile.phone_numbers[0].number
        bare_url = await _start_bare(on)
        figures: dict[str, list[tuple[float, float, float]]] = {"bare": [], "ours": []}
        for _ in range(2):
            figures["bare"].append(await _load(on, bare_url, number, requests, clients))
            figures["ours"].append(await _load(on, on.base_url, number, requests, clients))
        best = {name: max(rows) for name, rows in figures.items()}
        for name, (rate, p50, p99) in best.items():
            print(
                f"{name}: {rate:.0f} webhooks/s, p50 {p50 * 1000:.1f} ms, p99 {p99 * 1000:.1f} ms"
            )
        ratio = best["ours"][0] / best["bare"][0]
        print(
            f"ours is {ratio:.2f} of the bare rate; its p99 {best['ours'][2] / best['bare'][2]:.2f} times the bare p99"
        )
        print(f"{requests} requests, {clients} clients, one web process each, all on this machine")


async def _start_bare(on: Stack) -> str:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    env = {
        **os.environ,
        "BARE_DSN": on.embedded.dsn(),
        "BARE_TOKEN": on.twin.auth_token,
        "BARE_BASE_URL": url,
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "uvicorn", "--factory", "benchmarks.bare:app",
        "--port", str(port), "--log-level", "warning", env=env,
    )  # fmt: skip
    on.processes.append(process)
    async with httpx.AsyncClient(trust_env=False) as http:
        for _ in range(100):
            try:
                await http.get(url)
            except httpx.HTTPError:
                await asyncio.sleep(0.1)
            else:
                return url
    raise RuntimeError("the bare handler did not start")


async def _load(
    on: Stack, base_url: str, number: str, requests: int, clients: int
) -> tuple[float, float, float]:
    took: list[float] = []
    left = iter(range(requests))

    async def client() -> None:
        async with httpx.AsyncClient(trust_env=False, timeout=30) as http:
            for n in left:
                params = {
                    "MessageSid": f"SM{uuid.uuid4().hex}",
                    "From": f"+1208{3000000 + n % 500:07d}",
                    "To": number,
                    "Body": "hi my sink is clogged",
                    "NumMedia": "0",
                }
                signature = sign(f"{base_url}/twilio/sms", params, on.twin.auth_token)
                began = time.perf_counter()
                answer = await http.post(
                    f"{base_url}/twilio/sms",
                    data=params,
                    headers={"X-Twilio-Signature": signature},
                )
                took.append(time.perf_counter() - began)
                answer.raise_for_status()

    began = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(clients)))
    rate = requests / (time.perf_counter() - began)
    return (rate, *quantiles(took))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=2000)
    parser.add_argument("--clients", type=int, default=8)
    given = parser.parse_args()
    asyncio.run(main(given.requests, given.clients))
