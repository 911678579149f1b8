"""What callers of the sample network can be told, without a database."""

from functools import cache

from flows.model import Place
from ivr.domain.content import Content
from ivr.persistence import content
from ivr.persistence.directory_file import read_entries
from ivr.processes.sample_content import DIRECTORY
from prompts.catalogue import Catalogue
from prompts.sounds import SoundLibrary

LANGUAGES = ("en", "id")
HOME = "MY"


@cache
def library() -> SoundLibrary:
    """Return the sounds as they are shipped."""
    return SoundLibrary(Catalogue.load())


@cache
def sample_content() -> Content:
    """Return every topic and every invented service, as they are recorded."""
    whole = (topic for topic in content.told_topics().values() if topic.part_of is None)
    topics = [piece for topic in whole for piece in content._with_parts(topic.id)]
    spoken = (entry for entry in read_entries(DIRECTORY) if entry.phone_type == "voice")
    services = [content._service(entry) for entry in spoken if entry.read_out == "caller"]
    return Content(tuple(topics), tuple(services)).as_recorded(LANGUAGES, library().has_clip)


@cache
def sample_place() -> Place:
    """Return what a flow knows of a hotline with all of it."""
    lists = sample_content().lists(HOME, LANGUAGES, library().has_clip)
    return Place(LANGUAGES, frozenset({"free"}), lists)
