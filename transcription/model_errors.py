"""Why a model could not be installed, in words that an operator can act on."""

from pathlib import Path


class InstallError(Exception):
    """A model could not be installed; an installed one is left as it was."""


class AlreadyInstalledError(InstallError):
    """A good model of that name is there."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} is installed and works; --again fetches it anew and replaces it")


class BundledModelError(InstallError):
    """The model comes with the project and has no archive."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} comes with Peerline and needs no installing")


class AnotherInstallError(InstallError):
    """Somebody installs into the same folder at this moment."""

    def __init__(self) -> None:
        super().__init__("another installation into this folder is running; wait for it to end")


class ArchiveNotFoundError(InstallError):
    """The server has no such archive."""

    def __init__(self, url: str) -> None:
        super().__init__(f"the server has no {url}; the model may have moved, see --base-url")


class ServerRefusedError(InstallError):
    """The server answered with an error."""

    def __init__(self, status: int) -> None:
        super().__init__(f"the server refused with status {status}; try again later")


class DownloadBrokenError(InstallError):
    """The network failed too often in a row."""

    def __init__(self, kept_bytes: int, why: str) -> None:
        kept = f"{kept_bytes / 1e6:.1f} MB are kept, the same command goes on from there"
        super().__init__(f"the download broke off ({why}); {kept if kept_bytes else 'nothing came'}")


class DiskFullError(InstallError):
    """The disk has too little room."""

    def __init__(self, folder: Path, needed_bytes: int | None = None) -> None:
        needed = f": {needed_bytes / 1e6:.0f} MB more are needed" if needed_bytes else ""
        super().__init__(f"the disk of {folder} is full{needed}; make room and run the same command again")


class UnwritableFolderError(InstallError):
    """The models folder cannot be written to."""

    def __init__(self, folder: Path, why: str) -> None:
        super().__init__(f"{folder} cannot be written to ({why}); see --models-dir")


class WrongHashError(InstallError):
    """The archive is not the one that was pinned."""

    def __init__(self, expected: str, computed: str) -> None:
        super().__init__(
            f"the archive is not the expected one and was thrown away: "
            f"SHA-256 should be {expected} and is {computed}"
        )


class BadArchiveError(InstallError):
    """The archive is broken, or holds what a model's archive must not hold."""

    def __init__(self, why: str) -> None:
        super().__init__(f"the archive was thrown away: {why}")


class BrokenModelError(InstallError):
    """The model was fetched but does not load."""

    def __init__(self, fault: str) -> None:
        super().__init__(f"the model was fetched but does not load, nothing was changed: {fault}")
