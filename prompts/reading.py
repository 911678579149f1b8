"""Reading the YAML files of the prompts."""

from pathlib import Path
from typing import Any, Final

import yaml

from prompts.errors import CatalogueError

_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_yaml(path: Path) -> dict[str, Any]:
    """Return what a file says.

    Raises:
        CatalogueError: it cannot be read, or is no mapping.
    """
    try:
        content = yaml.load(path.read_text("utf-8"), Loader=_LOADER)  # noqa: S506  (the C form of the safe loader)
    except (OSError, yaml.YAMLError) as error:
        raise CatalogueError(f"{path.name} cannot be read: {error}") from error
    if not isinstance(content, dict):
        raise CatalogueError(f"{path.name} must be a mapping.")
    return content
