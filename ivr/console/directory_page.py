"""What callers can be told: every topic and number with its state, to be looked at."""

from itertools import groupby

from flask import render_template

from ivr.console.access import STAFF, open_to, person
from ivr.console.blueprint import console
from ivr.console.room import room
from ivr.services import content


@console.get("/directory")
@open_to(*STAFF)
def show_directory() -> str:
    """Show every topic and number of the organisation with whether callers hear it, and if not, why."""
    kept = content.look(room().station, person().organisation_id)
    by_country = sorted(kept.entries, key=lambda one: one.entry.country)
    return render_template(
        "directory.html",
        kept=kept,
        countries=[
            (country, list(entries))
            for country, entries in groupby(by_country, lambda one: one.entry.country)
        ],
    )
