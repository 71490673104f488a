"""The rules of slots.jsonl, minute by minute and as slowly as they read.

Shares no code with the product, so that agreement means something. A case is a dict in the
schema of the file; `solve` answers its `expect` as (start in UTC minutes, staff ids).
"""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

Case = dict[str, Any]
WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def of_day(text: str) -> int:
    return int(text[:2]) * 60 + int(text[3:])


def seconds(text: str) -> int:
    return round(at(text).timestamp())


class Member:
    def __init__(self, case: Case, staff: Case) -> None:
        self.case, self.id = case, staff["id"]
        own = {**case, **staff}
        self.zone = ZoneInfo(own["tz"])
        self.weekly: dict[str, list[list[str]]] = own["hours"]
        self.overrides: dict[str, list[list[str]]] = own.get("overrides", {})
        self.closures = case.get("closures", []) + staff.get("closures", [])
        self.capacity: int = staff.get("capacity", 1)
        self.known: dict[tuple[str, str], tuple[float, float]] = {}
        self.skills = set(staff.get("skills", []))
        self.entries = [b for b in case.get("busy", []) if self.mine(b)]

    def mine(self, entry: Case) -> bool:
        if entry["staff"] not in (self.id, "*") or entry.get("kind") == "free":
            return False
        if entry.get("kind") == "hold" and seconds(entry["expires"]) <= seconds(self.case["now"]):
            return False
        start, end = self.bounds(entry)
        return start < end

    def bounds(self, entry: Case) -> tuple[float, float]:
        key = entry["start"], entry["end"]
        if key not in self.known:
            self.known[key] = self.work_out(entry)
        return self.known[key]

    def work_out(self, entry: Case) -> tuple[float, float]:
        """Start and end in seconds; all-day entries at the first instant of their date."""
        if len(entry["start"]) > 10:
            return at(entry["start"]).timestamp(), at(entry["end"]).timestamp()
        found = []
        for key in ("start", "end"):
            day = date.fromisoformat(entry[key])
            minute = round(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) // 60
            minute -= 1440
            while self.wall(minute).date() < day:
                minute += 1
            found.append(minute * 60.0)
        return found[0], found[1]

    def wall(self, minute: int) -> datetime:
        return datetime.fromtimestamp(minute * 60, self.zone)

    def spans(self, day: date) -> list[list[str]]:
        return self.overrides.get(day.isoformat(), self.weekly.get(WEEK[day.weekday()], []))

    def is_open(self, minute: int) -> bool:
        wall = self.wall(minute)
        day, time = wall.date(), wall.hour * 60 + wall.minute
        if any(first <= day.isoformat() <= last for first, last in self.closures):
            return False
        for start, end in self.spans(day):
            late = of_day(end) <= of_day(start)
            if time >= of_day(start) and (late or time < of_day(end)):
                return True
        before = self.spans(day - timedelta(days=1))
        return any(of_day(e) <= of_day(s) and time < of_day(e) for s, e in before)

    def used(self, minute: int, entries: list[Case]) -> int:
        total = 0
        for entry in entries:
            start, end = self.bounds(entry)
            start, end = start - entry.get("before", 0) * 60, end + entry.get("after", 0) * 60
            if start < minute * 60 + 60 and end > minute * 60:
                if entry.get("kind", "busy") == "busy":
                    return self.capacity
                total += entry.get("units", 1)
        return total

    def day_full(self, start: int) -> bool:
        most: int | None = self.case.get("max_per_day")
        if most is None:
            return False
        day = self.wall(start).date()
        booked = 0
        for entry in self.entries:
            if entry.get("kind") == "booking":
                first = self.bounds(entry)[0]
                booked += datetime.fromtimestamp(first, self.zone).date() == day
        return booked >= most

    def same_session(self, entry: Case, start: int, minutes: int) -> bool:
        if entry.get("kind") not in ("booking", "hold") or entry["staff"] != self.id:
            return False
        timed = len(entry["start"]) > 10
        return timed and self.bounds(entry) == (start * 60, (start + minutes) * 60)


def on_grid(case: Case, start: int) -> bool:
    if case.get("align", "grid") == "open":
        return True
    wall = datetime.fromtimestamp(start * 60, ZoneInfo(case["tz"]))
    return bool((wall.hour * 60 + wall.minute) % case.get("step", 15) == 0)


def from_opening(case: Case, member: Member, start: int) -> bool:
    if case.get("align", "grid") == "grid":
        return True
    step, opened = case.get("step", 15), start
    while member.is_open(opened - 1):
        opened -= 1
    return bool((start - opened) % step == 0)


def fits(case: Case, member: Member, start: int, opens: dict[int, bool]) -> bool:
    service = case["service"]
    before, after = service.get("before", 0), service.get("after", 0)
    inner = range(start, start + service["duration"])
    outer = range(start - before, start + service["duration"] + after)

    def is_open(minute: int) -> bool:
        if minute not in opens:
            opens[minute] = member.is_open(minute)
        return opens[minute]

    within = inner if case.get("buffer_outside_hours", True) else outer
    if not all(is_open(minute) for minute in within) or member.day_full(start):
        return False
    if not from_opening(case, member, start):
        return False
    if not case.get("shared_seats"):
        return all(member.used(m, member.entries) + 1 <= member.capacity for m in outer)
    session = [e for e in member.entries if member.same_session(e, start, service["duration"])]
    others = [{**e, "kind": "busy"} for e in member.entries if e not in session]
    seats = sum(entry.get("units", 1) for entry in session)
    return seats + 1 <= member.capacity and not any(member.used(m, others) for m in outer)


def solve(case: Case) -> list[tuple[int, list[str]]]:
    needed = set(case["service"].get("skills", []))
    staff = [Member(case, s) for s in case.get("staff", [{"id": "r1"}])]
    staff = [member for member in staff if needed <= member.skills]
    cache: dict[str, dict[int, bool]] = {member.id: {} for member in staff}
    zone, now = ZoneInfo(case["tz"]), at(case["now"])
    horizon = case.get("horizon_days")
    first, end = (at(case["window"][key]).timestamp() for key in ("from", "to"))
    found = []
    for start in range(int(first // 60), int(end // 60) + 1):
        if not first <= start * 60 < end:
            continue
        if start * 60 < now.timestamp() + case.get("min_notice", 0) * 60:
            continue
        if not on_grid(case, start):
            continue
        day = datetime.fromtimestamp(start * 60, zone).date()
        if horizon is not None and day > now.astimezone(zone).date() + timedelta(days=horizon):
            continue
        able = [member.id for member in staff if fits(case, member, start, cache[member.id])]
        if able:
            found.append((start, able))
    return found
