"""Installing models from a server that misbehaves, and saying in plain words what went wrong."""

import fcntl
import hashlib
import io
import os
import shutil
import stat
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from ivr.cli.models import app
from tests.transcription.archive_server import ArchiveServer, serving
from transcription import model_install, models
from transcription.model_download import Patience
from transcription.model_errors import (
    AlreadyInstalledError,
    AnotherInstallError,
    ArchiveNotFoundError,
    BadArchiveError,
    BrokenModelError,
    BundledModelError,
    DiskFullError,
    DownloadBrokenError,
    ServerRefusedError,
    UnwritableFolderError,
    WrongHashError,
)
from transcription.model_install import Installed, Source, Stage
from transcription.models import (
    BUNDLED_MODELS,
    BUNDLED_NAME,
    KnownModel,
    catalogue,
    fault_of,
    installed,
    language_of,
)

NAME = "vosk-model-small-en-us-0.15"
TINY = BUNDLED_MODELS / BUNDLED_NAME


def archive_of(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


MODEL_FILES = {
    f"{NAME}/{path.relative_to(TINY)}": path.read_bytes() for path in TINY.rglob("*") if path.is_file()
}
ARCHIVE = archive_of(MODEL_FILES)


@pytest.fixture
def server() -> Iterator[ArchiveServer]:
    with serving() as state:
        state.archives[f"{NAME}.zip"] = ARCHIVE
        yield state


@pytest.fixture
def models_dir(tmp_path: Path) -> Path:
    return tmp_path / "models"


def known(name: str = NAME) -> KnownModel:
    return catalogue().find(name)


def install(
    server: ArchiveServer, models_dir: Path, *, sha256: str | None = None, tries: int = 1, again: bool = False
) -> Installed:
    source = Source(server.base_url, sha256, Patience(tries=tries, pause_s=0.01, silence_s=0.3))
    return model_install.install(known(), models_dir, source, lambda *_: None, again=again)


def part_of(models_dir: Path) -> Path:
    part = models_dir / ".incoming" / f"{NAME}.zip.part"
    part.parent.mkdir(parents=True, exist_ok=True)
    return part


def left_behind(models_dir: Path) -> list[str]:
    return sorted(path.name for path in (models_dir / ".incoming").iterdir() if path.name != "lock")


def test_a_model_is_fetched_tried_out_and_put_in_its_place(server: ArchiveServer, models_dir: Path) -> None:
    stages: list[Stage] = []
    source = Source(server.base_url)

    result = model_install.install(known(), models_dir, source, lambda stage, *_: stages.append(stage))

    assert result == Installed(models_dir / NAME, hashlib.sha256(ARCHIVE).hexdigest(), is_verified=False)
    assert list(dict.fromkeys(stages)) == ["download", "verify", "unpack", "try"]
    assert fault_of(models_dir / NAME) is None
    assert left_behind(models_dir) == []


def test_a_pinned_hash_that_fits_is_said_to_be_verified(server: ArchiveServer, models_dir: Path) -> None:
    assert install(server, models_dir, sha256=hashlib.sha256(ARCHIVE).hexdigest().upper()).is_verified


def test_a_wrong_hash_throws_the_archive_away(server: ArchiveServer, models_dir: Path) -> None:
    with pytest.raises(WrongHashError, match=hashlib.sha256(ARCHIVE).hexdigest()):
        install(server, models_dir, sha256="0" * 64)

    assert not (models_dir / NAME).exists()
    assert left_behind(models_dir) == []


def test_a_broken_line_is_taken_up_where_it_broke(server: ArchiveServer, models_dir: Path) -> None:
    server.breaks_after = [1_000_000, 500_000]

    install(server, models_dir, tries=3)

    assert server.ranges == ["", "bytes=1000000-", "bytes=1500000-"]


def test_a_line_that_stays_broken_keeps_what_came_for_another_day(
    server: ArchiveServer, models_dir: Path
) -> None:
    server.breaks_after = [1_000_000]
    with pytest.raises(DownloadBrokenError, match=r"1\.0 MB are kept"):
        install(server, models_dir)

    install(server, models_dir)

    assert server.ranges == ["", "bytes=1000000-"]


def test_an_archive_that_changed_meanwhile_is_fetched_whole(server: ArchiveServer, models_dir: Path) -> None:
    server.breaks_after = [1_000_000]
    with pytest.raises(DownloadBrokenError):
        install(server, models_dir)
    server.etag = '"second"'
    server.archives[f"{NAME}.zip"] = archive_of({**MODEL_FILES, f"{NAME}/README": b"newer"})

    install(server, models_dir)

    assert (models_dir / NAME / "README").read_text() == "newer"


def test_a_server_without_ranges_sends_all_again(server: ArchiveServer, models_dir: Path) -> None:
    server.knows_ranges = False
    server.breaks_after = [1_000_000]

    install(server, models_dir, tries=2)

    assert fault_of(models_dir / NAME) is None


def test_an_archive_that_was_fetched_whole_is_not_fetched_twice(
    server: ArchiveServer, models_dir: Path
) -> None:
    part_of(models_dir).write_bytes(ARCHIVE)

    install(server, models_dir)

    assert server.ranges == [f"bytes={len(ARCHIVE)}-"]
    assert (models_dir / NAME).is_dir()


def test_a_left_over_longer_than_the_archive_is_thrown_away(server: ArchiveServer, models_dir: Path) -> None:
    part_of(models_dir).write_bytes(ARCHIVE + b"more")

    install(server, models_dir)

    assert (models_dir / NAME).is_dir()


def test_a_missing_archive_is_said_to_be_missing(server: ArchiveServer, models_dir: Path) -> None:
    server.archives.clear()

    with pytest.raises(ArchiveNotFoundError, match=f"{NAME}.zip"):
        install(server, models_dir)


def test_a_refusal_is_said_with_its_status(server: ArchiveServer, models_dir: Path) -> None:
    server.status = 503

    with pytest.raises(ServerRefusedError, match="503"):
        install(server, models_dir)


def test_a_server_that_is_not_there_is_said_to_be_out_of_reach(models_dir: Path) -> None:
    with serving() as gone:
        pass

    with pytest.raises(DownloadBrokenError, match=r"cannot be reached.*nothing came"):
        install(gone, models_dir)


def test_a_server_that_falls_silent_is_given_up(server: ArchiveServer, models_dir: Path) -> None:
    server.breaks_after = [1_000_000]
    server.stays_silent = True

    with pytest.raises(DownloadBrokenError, match=r"fell silent.*1\.0 MB are kept"):
        install(server, models_dir)


def test_a_full_disk_is_said_to_be_full(server: ArchiveServer, models_dir: Path) -> None:
    # The device that is always full stands in for the file that grows.
    part_of(models_dir).symlink_to("/dev/full")

    with pytest.raises(DiskFullError, match="full"):
        install(server, models_dir)


def test_a_folder_that_cannot_be_made_is_said_to_be_unwritable(server: ArchiveServer, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")

    with pytest.raises(UnwritableFolderError, match="--models-dir"):
        install(server, tmp_path / "file")


@pytest.mark.parametrize(
    "name", ["../escaped", f"{NAME}/../../escaped", "/escaped", "elsewhere/file", f"{NAME}\\..\\escaped"]
)
def test_an_archive_that_reaches_outside_is_refused(
    server: ArchiveServer, models_dir: Path, name: str
) -> None:
    server.archives[f"{NAME}.zip"] = archive_of({**MODEL_FILES, name: b"escaped"})

    with pytest.raises(BadArchiveError, match="outside"):
        install(server, models_dir)

    assert left_behind(models_dir) == []
    assert not list(models_dir.parent.rglob("escaped"))


def test_an_archive_with_a_link_in_it_is_refused(server: ArchiveServer, models_dir: Path) -> None:
    link = zipfile.ZipInfo(f"{NAME}/link")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    buffer = io.BytesIO(ARCHIVE)
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr(link, "/etc")
    server.archives[f"{NAME}.zip"] = buffer.getvalue()

    with pytest.raises(BadArchiveError, match="outside"):
        install(server, models_dir)


def test_an_archive_that_would_fill_the_disk_is_refused(server: ArchiveServer, models_dir: Path) -> None:
    server.archives[f"{NAME}.zip"] = archive_of({f"{NAME}/zeros": bytes(20_000_000)})

    with pytest.raises(BadArchiveError, match="far more"):
        install(server, models_dir)


@pytest.mark.parametrize(
    "content", [b"<html>sorry</html>", ARCHIVE[:-100], ARCHIVE[:500_000] + b"?" + ARCHIVE[500_001:]]
)
def test_a_damaged_archive_is_thrown_away(server: ArchiveServer, models_dir: Path, content: bytes) -> None:
    server.archives[f"{NAME}.zip"] = content

    with pytest.raises(BadArchiveError):
        install(server, models_dir)

    assert left_behind(models_dir) == []


def test_a_model_that_does_not_load_is_never_put_in_place(server: ArchiveServer, models_dir: Path) -> None:
    files = {name: content for name, content in MODEL_FILES.items() if not name.endswith("final.mdl")}
    server.archives[f"{NAME}.zip"] = archive_of(files)

    with pytest.raises(BrokenModelError, match=r"am/final\.mdl is missing"):
        install(server, models_dir)

    assert not (models_dir / NAME).exists()


def test_a_good_model_is_not_fetched_again_by_itself(server: ArchiveServer, models_dir: Path) -> None:
    install(server, models_dir)

    with pytest.raises(AlreadyInstalledError, match="--again"):
        install(server, models_dir)

    assert len(server.ranges) == 1


def test_a_broken_installed_model_is_fetched_anew(server: ArchiveServer, models_dir: Path) -> None:
    install(server, models_dir)
    (models_dir / NAME / "graph" / "HCLG.fst").unlink()

    install(server, models_dir)

    assert fault_of(models_dir / NAME) is None


def test_a_good_model_stays_when_its_replacement_is_bad(server: ArchiveServer, models_dir: Path) -> None:
    install(server, models_dir)
    server.archives[f"{NAME}.zip"] = archive_of({f"{NAME}/README": b"no model"})

    with pytest.raises(BrokenModelError):
        install(server, models_dir, again=True)

    assert fault_of(models_dir / NAME) is None


def test_a_good_model_is_replaced_by_a_good_one(server: ArchiveServer, models_dir: Path) -> None:
    install(server, models_dir)
    server.archives[f"{NAME}.zip"] = archive_of({**MODEL_FILES, f"{NAME}/README": b"newer"})

    install(server, models_dir, again=True)

    assert (models_dir / NAME / "README").read_text() == "newer"
    assert left_behind(models_dir) == []


def test_a_replacement_that_was_interrupted_is_undone(server: ArchiveServer, models_dir: Path) -> None:
    install(server, models_dir)
    (models_dir / NAME).rename(models_dir / ".incoming" / f"{NAME}.replaced")

    with pytest.raises(AlreadyInstalledError):
        install(server, models_dir)

    assert (models_dir / NAME).is_dir()


def test_two_installations_do_not_meet(server: ArchiveServer, models_dir: Path) -> None:
    with (part_of(models_dir).parent / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)

        with pytest.raises(AnotherInstallError):
            install(server, models_dir)


def test_the_bundled_model_needs_no_installing(models_dir: Path) -> None:
    with pytest.raises(BundledModelError):
        model_install.install(known(BUNDLED_NAME), models_dir, Source(""), lambda *_: None)


def test_the_bundled_model_counts_as_installed(models_dir: Path) -> None:
    assert installed(models_dir) == {BUNDLED_NAME: TINY}


def test_half_fetched_models_do_not_count_as_installed(models_dir: Path) -> None:
    part_of(models_dir).write_bytes(b"half")

    assert set(installed(models_dir)) == {BUNDLED_NAME}


def test_the_catalogue_names_each_model_once_with_language_and_licence() -> None:
    every = catalogue().models

    assert len({model.name for model in every}) == len(every)
    assert all(model.language and model.licence and model.error_quoted for model in every)
    assert all(model.archive for model in every if model.name != BUNDLED_NAME)
    assert language_of(Path("vosk-model-small-vn-0.4")) == "vi"


def test_a_folder_without_a_model_is_at_fault(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()

    assert fault_of(tmp_path / "empty") == "model empty: conf/mfcc.conf is missing"


def test_a_loader_that_was_killed_hints_at_memory() -> None:
    killed = subprocess.CompletedProcess([], -9, "", "")

    assert "signal 9" in str(models._fault(Path("large"), killed))
    assert "memory" in str(models._fault(Path("large"), killed))


def command(*arguments: str, models_dir: Path) -> Result:
    environment = {"PEERLINE_MODELS_DIR": os.fspath(models_dir)}
    return CliRunner().invoke(app, list(arguments), env=environment)


def test_the_command_installs_lists_and_checks(server: ArchiveServer, models_dir: Path) -> None:
    done = command("install", NAME, "--base-url", server.base_url, models_dir=models_dir)
    listed = command("list", models_dir=models_dir)
    checked = command("check", models_dir=models_dir)

    assert done.exit_code == 0
    assert f"--sha256 {hashlib.sha256(ARCHIVE).hexdigest()}" in done.output
    assert f"{NAME}: installed" in listed.output
    assert checked.output.splitlines() == [
        f"works: {BUNDLED_NAME} (demonstration and tests only)",
        f"works: {NAME}",
    ]


def test_the_command_tells_of_a_licence_that_forbids_commerce(
    server: ArchiveServer, models_dir: Path
) -> None:
    refused = command(
        "install", "vosk-model-tl-ph-generic-0.6", "--base-url", server.base_url, models_dir=models_dir
    )

    assert "not for commercial use" in refused.output
    assert "the server has no" in refused.output
    assert refused.exit_code == 1


def test_the_command_says_which_names_there_are(models_dir: Path) -> None:
    refused = command("install", "vosk-model-th", models_dir=models_dir)

    assert refused.exit_code == 1
    assert "peerline models list" in refused.output


def test_the_check_names_the_broken_file_and_fails(models_dir: Path) -> None:
    shutil.copytree(TINY, models_dir / "model-of-ours")
    (models_dir / "model-of-ours" / "graph" / "words.txt").unlink()

    checked = command("check", "model-of-ours", models_dir=models_dir)

    assert checked.exit_code == 1
    assert "graph/words.txt" in checked.output
    assert BUNDLED_NAME not in checked.output


def test_the_check_of_an_unknown_name_fails(models_dir: Path) -> None:
    assert command("check", "vosk-model-th", models_dir=models_dir).exit_code == 1
