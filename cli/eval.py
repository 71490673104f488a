"""`ringback eval`: play the suites and score them."""

import click

from cli.common import Verb, as_json, say, say_json, settings


@click.command(cls=Verb)
@click.argument("suites", nargs=-1, metavar="[SUITE]...")
@as_json
def command(suites: tuple[str, ...], as_json: bool) -> int:
    """Play the named suites, or all of them; exit 1 when a case fails."""
    settings()
    from evals.cases import suites as shipped
    from evals.gate import main
    from evals.run import regressions

    for name in suites:
        if name not in shipped():
            raise click.UsageError(f'there is no suite "{name}" (there are {", ".join(shipped())})')
    results, page = main(list(suites))
    failed = sum(len(r.judged) - r.passed for r in results)
    if as_json:
        say_json({"suites": [r.as_json() for r in results], "report": str(page)})
        return int(failed > 0)
    for result in results:
        say(f"{result.suite.name}: {result.passed} of {len(result.judged)} passed")
        for judged in result.judged:
            for score in judged.failures:
                say(f"  {judged.played.case.id}: {score.rule}: {score.why}")
            if judged.broke is not None:
                say(f"  {judged.played.case.id}: broke: {judged.broke}")
        for line in regressions(result):
            say(f"  worse than before: {line}")
    say(f"report: {page}")
    return int(failed > 0)
