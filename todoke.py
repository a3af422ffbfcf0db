"""todoke's front door: the command line. The only place that knows every package."""

import typer

app = typer.Typer(no_args_is_help=True)


if __name__ == "__main__":
    app()
