"""The product as processes: a web, some workers, a database of its own, the carrier's twin."""

import asyncio
import os
import signal
import socket
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import yaml

from core.businesses import find
from core.clock import SystemClock
from core.db import Database
from core.db.embedded import Embedded, acquire
from core.profile import Profile
from tests.sample import sample_profile
from tests.twins.carrier import CarrierTwin

ROOT = Path(__file__).resolve().parents[1]


def free_port() -> int:
    """A port of the loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Stack:
    """What runs. `env` is what every process was given."""

    twin: CarrierTwin
    home: Path
    env: dict[str, str]
    base_url: str
    embedded: Embedded
    db: Database
    processes: list[asyncio.subprocess.Process] = field(default_factory=list)

    async def start(self, *args: str) -> asyncio.subprocess.Process:
        """Start `ringback ARGS` in this environment."""
        log = (self.home / f"{args[0]}-{len(self.processes)}.log").open("wb")
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "cli", *args, cwd=ROOT, env=self.env, stdout=log, stderr=log
        )
        self.processes.append(process)
        return process

    async def import_business(self, profile: Profile) -> None:
        """Import a business as an operator would."""
        file = self.home / f"{profile.slug}.yaml"
        document = profile.model_dump(mode="json", exclude_defaults=True)
        file.write_text(yaml.safe_dump(document), encoding="utf-8")
        process = await self.start("business", "import", str(file))
        if await process.wait():
            raise RuntimeError((self.home / "business-0.log").read_text(encoding="utf-8"))

    async def ready(self) -> None:
        """Wait until the web answers."""
        async with httpx.AsyncClient(trust_env=False) as http:
            for _ in range(300):
                try:
                    if (await http.get(f"{self.base_url}/health/ready")).status_code == 200:
                        return
                except httpx.HTTPError:
                    await asyncio.sleep(0.1)
                else:
                    await asyncio.sleep(0.1)
        raise RuntimeError("the web did not become ready; see its log in " + str(self.home))


@asynccontextmanager
async def stack(
    *, workers: int, web: bool = True, reports: bool = True, **changes: object
) -> AsyncIterator[tuple[Stack, Profile]]:
    """A running product with one business; it is taken down at the end."""
    with tempfile.TemporaryDirectory(prefix="ringback-bench-") as folder:
        home = Path(folder)
        async with CarrierTwin(reports=reports) as twin:
            port = free_port()
            env = {
                **os.environ,
                "RINGBACK_HOME": str(home / "db"),
                "PORT": str(port),
                "TWILIO_ACCOUNT_SID": twin.account_sid,
                "TWILIO_AUTH_TOKEN": twin.auth_token,
                "TWILIO_API_URL": twin.url,
                "LOG_LEVEL": "warning",
            }
            embedded = await asyncio.to_thread(acquire, home / "db", create=True)
            db = Database(embedded.dsn(), SystemClock())
            running = Stack(twin, home, env, f"http://127.0.0.1:{port}", embedded, db)
            try:
                migrating = await running.start("migrate")
                if await migrating.wait():
                    raise RuntimeError((home / "migrate-0.log").read_text(encoding="utf-8"))
                await db.open()
                profile = sample_profile(**changes)
                await running.import_business(profile)
                if web:
                    await running.start("serve", "--no-jobs", "--port", str(port))
                    await running.ready()
                for _ in range(workers):
                    await running.start("worker")
                await asyncio.sleep(2)
                yield running, profile
            finally:
                await _take_down(running)


async def _take_down(running: Stack) -> None:
    for process in running.processes:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
    for process in running.processes:
        try:
            await asyncio.wait_for(process.wait(), 10)
        except TimeoutError:
            process.kill()
    await running.db.close()
    await asyncio.to_thread(running.embedded.release)


async def business_id(running: Stack, profile: Profile) -> str:
    """The id of the stack's business."""
    return str(await find(running.db, profile.slug))
