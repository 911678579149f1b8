"""`peerline models`: which speech recognisers there are, fetch one, see whether they work."""

from pathlib import Path
from typing import Annotated

import typer
from pydantic_settings import BaseSettings, SettingsConfigDict
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

from transcription.model_errors import InstallError
from transcription.model_install import Installed, Source, Stage, install
from transcription.models import (
    BUNDLED_NAME,
    KnownModel,
    UnknownModelError,
    catalogue,
    fault_of,
    installed,
    language_of,
)

app = typer.Typer(help="Speech recognisers: list, install and check them.", no_args_is_help=True)

_out = Console()
_err = Console(stderr=True)

_STAGES: dict[Stage, str] = {
    "download": "Fetching",
    "verify": "Comparing the hash",
    "unpack": "Unpacking",
    "try": "Trying it out",
}


class _Folders(BaseSettings):
    """The two settings that matter here: a model can be installed before the line has any others."""

    model_config = SettingsConfigDict(
        env_prefix="PEERLINE_", env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True
    )

    data_dir: Path = Path("var")
    models_dir: Path | None = None

    @property
    def models(self) -> Path:
        return self.models_dir or self.data_dir / "models"


_ModelsDir = Annotated[
    Path | None,
    typer.Option(
        "--models-dir",
        help="Where models are kept. By default PEERLINE_MODELS_DIR, else `models` in the data folder.",
    ),
]


@app.command("list")
def list_models(models_dir: _ModelsDir = None) -> None:
    """Show known and installed models with language, size, licence and quoted errors."""
    folders = installed(_folder(models_dir))
    for model in catalogue().models:
        _say_known(model, is_installed=model.name in folders)
    for name in sorted(set(folders) - {model.name for model in catalogue().models}):
        _say(f"{name}: installed, {language_of(folders[name])}, not in the catalogue")
    _say(f"\n{catalogue().error_caveat}", soft_wrap=False)


@app.command("install")
def install_model(
    name: Annotated[str, typer.Argument(help="A name that `peerline models list` shows.")],
    base_url: Annotated[
        str | None, typer.Option(help="Fetch from another server, such as one of your own.")
    ] = None,
    sha256: Annotated[str | None, typer.Option(help="The SHA-256 that the archive must have.")] = None,
    *,
    again: Annotated[
        bool, typer.Option("--again", help="Replace an installed model once the new one is good.")
    ] = False,
    models_dir: _ModelsDir = None,
) -> None:
    """Fetch a model, verify it, try it out and put it in its place. Goes on after a break."""
    try:
        model = catalogue().find(name)
        _warn(model)
        source = Source(base_url or catalogue().base_url, sha256)
        result = _install_with_bar(model, _folder(models_dir), source, again=again)
    except (InstallError, UnknownModelError) as error:
        raise _stopped(error) from error
    except KeyboardInterrupt:
        raise _stopped("stopped; the same command goes on from here") from None
    _say_result(model, result)


@app.command()
def check(
    name: Annotated[str | None, typer.Argument(help="Only this model.")] = None,
    models_dir: _ModelsDir = None,
) -> None:
    """Load each installed model in a process of its own and say what is wrong with it."""
    folders = installed(_folder(models_dir))
    if name is not None and name not in folders:
        raise _stopped(UnknownModelError(name))
    faults = [_checked(folder) for known, folder in folders.items() if name in {None, known}]
    if any(faults):
        raise typer.Exit(1)


def _folder(models_dir: Path | None) -> Path:
    return models_dir or _Folders().models


def _say(text: str, style: str = "", *, soft_wrap: bool = True) -> None:
    _out.print(text, style=style, markup=False, highlight=False, soft_wrap=soft_wrap)


def _say_known(model: KnownModel, *, is_installed: bool) -> None:
    state = "installed, " if is_installed else ""
    language = f"{model.language_name} ({model.language})"
    _say(f"{model.name}: {state}{language}, {model.size_mb} MB, {_licence(model)}", "bold" if state else "")
    _say(f"    word errors in %, as quoted: {model.error_quoted}")
    if model.note:
        _say(f"    {model.note}")


def _licence(model: KnownModel) -> str:
    return model.licence if model.is_commercial_use_allowed else f"{model.licence} (not for commercial use)"


def _warn(model: KnownModel) -> None:
    if not model.is_commercial_use_allowed:
        _say(f"{model.name} is under {_licence(model)}.", "yellow")
    if model.note:
        _say(model.note, "yellow")


def _install_with_bar(model: KnownModel, folder: Path, source: Source, *, again: bool) -> Installed:
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with Progress(*columns, console=_out, transient=True) as progress:

        def report(stage: Stage, done: int, total: int | None) -> None:
            if [task.description for task in progress.tasks] != [_STAGES[stage]]:
                # A task of its own for each stage, or the speed of the last one would stay.
                for task_id in progress.task_ids:
                    progress.remove_task(task_id)
                progress.add_task(_STAGES[stage], total=total)
            progress.update(progress.task_ids[0], completed=done, total=total)

        return install(model, folder, source, report, again=again)


def _say_result(model: KnownModel, result: Installed) -> None:
    _say(f"{model.name} is installed and works.", "green")
    if not result.is_verified:
        _say("Its SHA-256 was not known before, so only the connection vouches for it. To pin it, use:")
        _say(f"    --sha256 {result.sha256}")


def _checked(folder: Path) -> bool:
    """Print the state of a model; return whether it is at fault."""
    if fault := fault_of(folder):
        _say(f"broken: {fault}", "red")
        return True
    remark = " (demonstration and tests only)" if folder.name == BUNDLED_NAME else ""
    _say(f"works: {folder.name}{remark}")
    return False


def _stopped(why: object) -> typer.Exit:
    _err.print(str(why), style="red", markup=False, highlight=False, soft_wrap=True)
    return typer.Exit(1)
