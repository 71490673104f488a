"""The `ringback` command. Each verb is a thin file of its own, imported only when it is used.

Exit 0 on success, 1 on failure, 2 on wrong use; errors are one line on stderr unless `--verbose`.
"""

import importlib
import sys
import traceback
from collections.abc import Sequence

import click
from typing_extensions import override

from core.errors import RingbackError

VERBS = {
    "serve": "HTTP, and the job worker unless told not to",
    "worker": "the job worker alone",
    "migrate": "make or update the database",
    "demo": "import the example businesses",
    "business": "import, export and list business files",
    "token": "make tokens for the HTTP API",
    "text": "count the segments of a text",
    "understand": "what the offline brain reads in a text",
    "eval": "play the eval suites",
    "doctor": "check settings, database, carrier, model and clock",
}


class _Verbs(click.Group):
    """Knows its verbs by name, and imports one when it is asked for."""

    @override
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(VERBS)

    @override
    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in VERBS:
            return None
        command: click.Command = importlib.import_module(f"cli.{cmd_name}").command
        return command

    @override
    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(VERBS.items()))


@click.group(cls=_Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="ringback", message="%(version)s")
@click.option("--verbose", is_flag=True, help="Tell errors in full, and log more.")
def ringback(verbose: bool) -> None:
    """Missed calls, answered by text."""
    if verbose:
        click.get_current_context().meta["ringback.verbose"] = True


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and leave with its exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    sys.exit(_run(words, verbose="--verbose" in words))


def _run(words: list[str], *, verbose: bool) -> int:
    try:
        answer = ringback.main(words, prog_name="ringback", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        return error.exit_code
    except click.ClickException as error:
        return _fail(error, error.format_message(), error.exit_code, verbose=verbose)
    except (click.Abort, KeyboardInterrupt):
        return 130
    except BrokenPipeError:  # whoever read our output has read enough
        sys.stderr.close()
        return 0
    except RingbackError as error:
        return _fail(error, str(error), 1, verbose=verbose)
    except Exception as error:  # noqa: BLE001 - the last one who can tell it in one line
        return _fail(error, f"{type(error).__name__}: {error}", 1, verbose=verbose)
    return answer if isinstance(answer, int) else 0


def _fail(error: Exception, told: str, code: int, *, verbose: bool) -> int:
    if verbose:
        traceback.print_exception(error)
    else:
        print("ringback: " + " ".join(told.split()), file=sys.stderr)
    return code


__all__ = ["main", "ringback"]
