"""One HTML file that can be mailed: each story as phone bubbles, what failed on its bubble."""

import json
from html import escape
from pathlib import Path

from evals.run import Judged, Result, regressions

_STYLE = """
:root{color-scheme:light dark;--bg:#f6f7f9;--card:#fff;--ink:#16202c;--dim:#5b6675;--us:#dcefe3;
--them:#e8eaee;--bad:#b3261e;--good:#1d7a46;--line:#d9dee5}
@media(prefers-color-scheme:dark){:root{--bg:#10151b;--card:#1a222b;--ink:#e8edf3;--dim:#9aa7b6;
--us:#1f4531;--them:#2a3440;--bad:#ff8a80;--good:#6fd59b;--line:#2c3743}}
*{box-sizing:border-box}body{margin:0;padding:1.2rem;background:var(--bg);color:var(--ink);
font:16px/1.45 system-ui,sans-serif}main{max-width:64rem;margin:auto}h1{font-size:1.4rem}
h2{font-size:1.1rem;margin:1.6rem 0 .4rem}.grid{display:grid;gap:1rem;
grid-template-columns:repeat(auto-fill,minmax(min(20rem,100%),1fr))}
article{background:var(--card);border:1px solid var(--line);border-radius:.8rem;padding:1rem}
h3{font-size:1rem;margin:0}p{margin:.2rem 0 .6rem;color:var(--dim)}ol{list-style:none;margin:0;padding:0}
li{margin:.4rem 0;padding:.5rem .7rem;border-radius:.9rem;max-width:88%;overflow-wrap:anywhere}
.caller{background:var(--them)}.agent,.system,.staff{background:var(--us);margin-left:auto}
.failed{outline:2px solid var(--bad)}small{display:block;color:var(--dim)}
.ok{color:var(--good)}.no{color:var(--bad)}ul{margin:.4rem 0 0;padding-left:1.1rem}
"""


def write(results: list[Result], out: Path) -> Path:
    """Write `report.html` and `report.json` below `out`; where the page is."""
    out.mkdir(parents=True, exist_ok=True)
    page = out / "report.html"
    page.write_text(html(results), encoding="utf-8")
    (out / "report.json").write_text(
        json.dumps([r.as_json() for r in results], indent=2) + "\n", encoding="utf-8"
    )
    return page


def lines(results: list[Result]) -> list[str]:
    """The same for a terminal."""
    told = []
    for result in results:
        told.append(f"{result.suite.name}: {result.passed} of {len(result.judged)} cases passed")
        for judged in result.judged:
            mark = "ok  " if judged.passed else "FAIL"
            told.append(f"  {mark} {judged.played.case.id}")
            told += [f"       {s.rule}: {s.why}" for s in judged.failures]
            if judged.broke:
                told.append(f"       broke: {judged.broke}")
        told += [f"  regression: {words}" for words in regressions(result)]
    return told


def html(results: list[Result]) -> str:
    """The page."""
    body = "".join(_suite(r) for r in results)
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>Ringback evals</title><style>{_STYLE}</style></head>"
        f"<body><main><h1>Ringback evals</h1>{body}</main></body></html>\n"
    )


def _suite(result: Result) -> str:
    count = f"{result.passed} of {len(result.judged)} cases passed"
    worse = "".join(f'<li class="no">{escape(w)}</li>' for w in regressions(result))
    cards = "".join(_case(j) for j in result.judged)
    return (
        f"<section><h2>{escape(result.suite.name)}: {count}</h2>"
        f"<p>{escape(result.suite.about)}</p>{f'<ul>{worse}</ul>' if worse else ''}"
        f'<div class="grid">{cards}</div></section>'
    )


def _case(judged: Judged) -> str:
    played = judged.played
    mark = '<span class="ok">passed</span>' if judged.passed else '<span class="no">failed</span>'
    bad = {s.text for s in judged.failures if s.text is not None}
    zone = played.profile.zone
    bubbles = "".join(
        f'<li class="{escape(t.author)}{" failed" if n in bad else ""}">{escape(t.body)}'
        f"<small>{escape(t.author)}, {t.at.astimezone(zone):%a %H:%M}, {t.segments} "
        f"{'segment' if t.segments == 1 else 'segments'}, {escape(t.delivery)}</small></li>"
        for n, t in enumerate(played.texts)
    )
    failures = "".join(
        f'<li class="no">{escape(s.rule)}: {escape(s.why)}</li>' for s in judged.failures
    )
    broke = f'<p class="no">{escape(judged.broke)}</p>' if judged.broke else ""
    return (
        f"<article><h3>{escape(played.case.id)} {mark}</h3><p>{escape(played.case.about)}</p>"
        f"<ol>{bubbles}</ol><p>call: {escape(str(played.decision))}, lead: "
        f"{escape(str(played.lead))}, bookings: {len(played.bookings)}, handoffs: "
        f"{len(played.handoffs)}, callbacks: {played.callbacks}</p>"
        f"{f'<ul>{failures}</ul>' if failures else ''}{broke}</article>"
    )
