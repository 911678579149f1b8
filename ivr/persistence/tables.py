"""The tables; every row that belongs to an organisation says so.

Sealed columns hold ciphertext (see `sealing`): nothing in them can be read with the database alone.
Times are aware and UTC. Ids are 32 hexadecimal digits drawn by chance.
"""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class UtcTime(TypeDecorator[datetime]):
    """An aware UTC time; SQLite, which knows no zones, keeps it without one."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a time without zone, which would be read as another moment elsewhere."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time needs its zone")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Return the time with its zone again."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _id() -> Column[Any]:
    return Column("id", String(32), primary_key=True)


def _organisation() -> Column[Any]:
    return Column("organisation_id", String(32), ForeignKey("organisations.id"), nullable=False)


organisations = Table(
    "organisations",
    metadata,
    _id(),
    Column("slug", String(40), nullable=False, unique=True),
    Column("name", String(120), nullable=False),
    Column("wrapped_key", LargeBinary, nullable=False),
    Column("created_at", UtcTime, nullable=False),
)

hotlines = Table(
    "hotlines",
    metadata,
    _id(),
    _organisation(),
    Column("number", String(20), nullable=False, unique=True),  # the line's own, printed on cards
    Column("name", String(120), nullable=False),
    Column("country", String(2), nullable=False),
    Column("languages", String(120), nullable=False),  # in the order they are offered: "en,id"
    Column("flow", String(40), nullable=False),
    Column("is_free", Boolean, nullable=False),
    Column("emergency_number", String(20)),
    Column("emergency_checked_on", UtcTime),  # a number nobody has checked is never read out
    Column("sealed_emergency_checked_by", LargeBinary),
    Column("closed_at", UtcTime),  # new calls are refused; what was said stays
)

calls = Table(
    "calls",
    metadata,
    _id(),
    _organisation(),
    Column("hotline_id", String(32), ForeignKey("hotlines.id"), nullable=False),
    Column("carrier_call_sid", String(64), unique=True),  # gone when the carrier's record is
    Column("concern_id", String(32)),  # what she says now goes there: a new concern, or one she opened
    Column("language", String(8), nullable=False),
    Column("flow_version", String(32), nullable=False),
    Column("began_at", UtcTime, nullable=False),
    Column("consented_at", UtcTime),
    Column("consent_version", String(32)),
    Column("ended_at", UtcTime),
    Column("last_turn_at", UtcTime, nullable=False),
    Index(
        "ix_calls_named",
        "began_at",
        sqlite_where=text("carrier_call_sid IS NOT NULL"),
        postgresql_where=text("carrier_call_sid IS NOT NULL"),
    ),
)

carrier_calls = Table(
    "carrier_calls",
    metadata,
    _id(),
    _organisation(),
    Column("call_sid", String(64), nullable=False, unique=True),  # the row goes with the carrier's record
    Column("ended_at", UtcTime, nullable=False, index=True),
)

receipts = Table(
    "receipts",
    metadata,
    Column("carrier_call_sid", String(64), primary_key=True),
    Column("turn", Integer, primary_key=True),
    Column("deed", String(32), primary_key=True),
    _organisation(),
    Column("outcome", String(32), nullable=False),
    Column("at", UtcTime, nullable=False, index=True),
)

concerns = Table(
    "concerns",
    metadata,
    _id(),
    _organisation(),
    Column("hotline_id", String(32), ForeignKey("hotlines.id"), nullable=False),
    Column("call_id", String(32), ForeignKey("calls.id"), nullable=False, index=True),  # the first one
    Column("name", String(40), nullable=False),  # two words by which staff speak of it
    Column("language", String(8), nullable=False),
    Column("wrapped_key", LargeBinary),  # gone = everything sealed with it is gone
    Column("sealed_case_number", LargeBinary),
    Column("case_number_hash", LargeBinary, unique=True),
    Column("sealed_pending_pin", LargeBinary),
    Column("pin_hash", String(160)),
    Column("answer_wish", String(16)),  # be_called | call_in | none
    Column("caller_kind", String(32)),  # what she keyed
    Column("topic", String(40)),  # the recorded topic that she wanted to speak about
    Column("suggested_kind", String(32)),  # what the words suggest; a person decides
    Column("suggested_urgency", String(16)),
    Column("state", String(16), nullable=False),  # draft | open | done | erased
    Column("is_set_aside", Boolean, nullable=False, default=False),  # every message of it is; see messages
    Column("created_at", UtcTime, nullable=False, index=True),
    Column("released_at", UtcTime),  # when staff may see it
    Column("first_opened_at", UtcTime),
    Column("done_at", UtcTime),
    Column("added_at", UtcTime),  # she called again and said more
    Column("trouble_at", UtcTime),  # she said that calling us caused her trouble
    Column("has_news", Boolean, nullable=False, default=False),  # since staff last opened it
    Column("erased_at", UtcTime),
    Index("ix_concerns_inbox", "organisation_id", "state", "is_set_aside", "released_at", "id"),
    Index("ix_concerns_done", "organisation_id", "state", "done_at", "id"),
    Index(
        "uq_concerns_open_name",
        "organisation_id",
        "name",
        unique=True,
        sqlite_where=text("state != 'done'"),
        postgresql_where=text("state != 'done'"),
    ),
)

messages = Table(
    "messages",
    metadata,
    _id(),
    _organisation(),
    Column("concern_id", String(32), ForeignKey("concerns.id"), nullable=False, index=True),
    Column("call_id", String(32), ForeignKey("calls.id"), nullable=False, index=True),
    Column("recording_sid", String(64), nullable=False, unique=True),
    Column("language", String(8), nullable=False),
    Column("said_length_s", Integer),  # as the carrier counts, silence at the end included
    Column("recorded_at", UtcTime, nullable=False),
    Column("sent_at", UtcTime),
    Column("released_at", UtcTime),
    Column("erased_at", UtcTime),
    Column("sound_erased_at", UtcTime),  # its time was over; words and notes have their own
    Column("fetched_at", UtcTime),
    Column("fetch_failure", String(64)),  # why nobody can hear it, when all tries are used up
    Column("sound_sha256", String(64)),
    Column("length_ms", Integer),
    Column("level_dbfs", Integer),
    Column("waveform", Text),  # 0..100 separated by blanks: loudness only, no speech can be had from it
    Column("set_aside", String(16)),  # silent | noise | too_short | unreadable: kept, but not put first
    Column(
        "transcript_state", String(16), nullable=False
    ),  # waiting | ready | empty | no_model | failed | erased
    Column("transcript_failure", String(64)),
    Index("ix_messages_unreleased", "released_at", "recorded_at"),
    Index(
        "ix_messages_sound_kept",
        "recorded_at",
        sqlite_where=text("sound_erased_at IS NULL"),
        postgresql_where=text("sound_erased_at IS NULL"),
    ),
    Index(
        "ix_messages_words_kept",
        "recorded_at",
        sqlite_where=text("transcript_state IN ('ready', 'empty')"),
        postgresql_where=text("transcript_state IN ('ready', 'empty')"),
    ),
)

transcripts = Table(
    "transcripts",
    metadata,
    Column("message_id", String(32), ForeignKey("messages.id"), primary_key=True),
    _organisation(),
    Column("sealed_words", LargeBinary, nullable=False),
    Column("model", String(80), nullable=False),
    Column("word_count", Integer, nullable=False),
    Column("made_at", UtcTime, nullable=False),
)

topics = Table(
    "topics",
    metadata,
    _id(),
    _organisation(),
    Column("slug", String(40), nullable=False),  # its texts are in the catalogue of prompts
    Column("menu_group", String(2), nullable=False),  # the key of its group
    Column("position", Integer, nullable=False),
    Column("is_open", Boolean, nullable=False),
    Column("review_by", Date),  # after this day nobody hears it until it was looked at again
    Column("owner_staff_id", String(32), ForeignKey("staff.id")),
    Column("told_on", Date),  # when its owner was told that the day has passed
    UniqueConstraint("organisation_id", "slug"),
)

services = Table(
    "services",
    metadata,
    _id(),
    _organisation(),
    Column("slug", String(60), nullable=False),
    Column("position", Integer, nullable=False),
    Column("name", String(160), nullable=False),
    Column("country", String(2), nullable=False),  # where one must be to dial the number
    Column("kind", String(20), nullable=False),
    Column("serves", Text, nullable=False),
    Column("phone", String(32), nullable=False),  # as it is dialled and said in that country
    Column("phone_type", String(12), nullable=False),  # voice | whatsapp | sms
    Column("hours", Text),
    Column("languages", String(60), nullable=False),
    Column("cost", Text),
    Column("read_out", String(8), nullable=False),  # caller | staff
    Column("is_state_run", Boolean),  # unknown is treated as yes
    Column("records", String(8), nullable=False),  # yes | no | unknown
    Column("caution", Text),
    Column("source", Text, nullable=False),
    Column("verified_on", Date),  # a number that nobody has dialled is never read out
    Column("verified_by", String(32), ForeignKey("staff.id")),
    Column("sealed_check", LargeBinary),  # what was asked and answered then; it names people
    Column("review_by", Date),
    Column("told_on", Date),
    UniqueConstraint("organisation_id", "slug"),
)

carrier_copies = Table(
    "carrier_copies",
    metadata,
    _id(),
    _organisation(),
    Column("recording_sid", String(64), nullable=False, unique=True),
    Column("message_id", String(32), ForeignKey("messages.id")),
    Column("seen_at", UtcTime, nullable=False),
    Column("deleted_at", UtcTime),  # the carrier said yes
    Column("proved_gone_at", UtcTime),  # we asked again and it was not there
    Column("left_since", UtcTime),  # this telephone company deletes nothing: whoever runs it has to
    Index("ix_carrier_copies_present", "proved_gone_at", "seen_at"),
)

notes = Table(
    "notes",
    metadata,
    _id(),
    _organisation(),
    Column("concern_id", String(32), ForeignKey("concerns.id"), nullable=False, index=True),
    Column("staff_id", String(32), ForeignKey("staff.id"), nullable=False),
    Column("sealed_text", LargeBinary, nullable=False),
    Column("written_at", UtcTime, nullable=False),
)

staff = Table(
    "staff",
    metadata,
    _id(),
    _organisation(),
    Column("login_hash", LargeBinary, nullable=False, unique=True),
    Column("sealed_name", LargeBinary, nullable=False),
    Column("password_hash", String(160), nullable=False),
    Column("role", String(20), nullable=False),
    Column("is_active", Boolean, nullable=False),
    Column("created_at", UtcTime, nullable=False),
)

staff_sessions = Table(
    "staff_sessions",
    metadata,
    Column("token_hash", LargeBinary, primary_key=True),
    _organisation(),
    Column("staff_id", String(32), ForeignKey("staff.id"), nullable=False),
    Column("began_at", UtcTime, nullable=False),
    Column("seen_at", UtcTime, nullable=False, index=True),
)

sign_in_misses = Table(
    "sign_in_misses",
    metadata,
    _id(),
    Column("who_hash", LargeBinary, nullable=False),  # keyed hash of the login, or of the address
    Column("at", UtcTime, nullable=False, index=True),
    Index("ix_sign_in_misses_who", "who_hash", "at"),
)

listenings = Table(
    "listenings",
    metadata,
    _id(),
    _organisation(),
    Column("message_id", String(32), ForeignKey("messages.id"), nullable=False, index=True),
    Column("staff_id", String(32), ForeignKey("staff.id"), nullable=False),
    Column("reason", String(32), nullable=False),
    Column("at", UtcTime, nullable=False),
)

audit_entries = Table(
    "audit_entries",
    metadata,
    Column("organisation_id", String(32), ForeignKey("organisations.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("at", UtcTime, nullable=False),
    Column("staff_id", String(32)),
    Column("action", String(40), nullable=False),
    Column("subject_id", String(32)),
    Column("detail", String(80), nullable=False),
    Column("chain", String(64), nullable=False),  # hash of this entry and the chain before it
)

audit_heads = Table(
    "audit_heads",
    metadata,
    Column("organisation_id", String(32), ForeignKey("organisations.id"), primary_key=True),
    Column("number", Integer, nullable=False),  # of the newest entry; a trail cut short shows here
    Column("chain", String(64), nullable=False),
    Column("mark", String(64), nullable=False),  # keyed hash of this row
)

tasks = Table(
    "tasks",
    metadata,
    _id(),
    _organisation(),
    Column("job", String(40), nullable=False),
    Column("subject_id", String(32), nullable=False),
    Column("state", String(8), nullable=False),  # waiting | done | dead
    Column("attempt", Integer, nullable=False),
    Column("next_at", UtcTime, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("failure", String(80)),
    UniqueConstraint("job", "subject_id"),
    Index("ix_tasks_due", "state", "next_at"),
)

replies = Table(
    "replies",
    metadata,
    _id(),
    _organisation(),
    Column("concern_id", String(32), ForeignKey("concerns.id"), nullable=False, index=True),
    Column("staff_id", String(32), ForeignKey("staff.id"), nullable=False),
    Column("recorded_at", UtcTime, nullable=False),
    Column("length_ms", Integer, nullable=False),
    Column("kept_at", UtcTime),  # from then on she can hear it; before, it is a draft of its speaker
    Column("first_heard_at", UtcTime),
    Column("withdrawn_at", UtcTime),  # before she heard it; its sound is gone
)

feedback = Table(
    "feedback",
    metadata,
    _id(),
    _organisation(),
    Column("concern_id", String(32), ForeignKey("concerns.id"), index=True),  # None once it is erased
    Column("kind", String(16), nullable=False),  # helped | trouble
    Column("answer", String(16), nullable=False),
    Column("at", UtcTime, nullable=False),
)

case_tries = Table(
    "case_tries",
    metadata,
    Column("carrier_call_sid", String(64), primary_key=True),
    Column("turn", Integer, primary_key=True),
    _organisation(),
    Column("sealed_number", LargeBinary, nullable=False),  # from the case number to the PIN, and no longer
    Column("at", UtcTime, nullable=False, index=True),
)

case_misses = Table(
    "case_misses",
    metadata,
    _id(),  # of its call and turn, so that a repeated webhook counts once
    Column("who_hash", LargeBinary, nullable=False),  # mark of a caller, keyed hash of a case or of a line
    Column("at", UtcTime, nullable=False, index=True),
    Index("ix_case_misses_who", "who_hash", "at"),
)

open_cases = Table(
    "open_cases",
    metadata,
    Column("carrier_call_sid", String(64), primary_key=True),
    _organisation(),
    Column("concern_id", String(32), ForeignKey("concerns.id"), nullable=False, index=True),
    Column("at", UtcTime, nullable=False, index=True),
)

peppers = Table(
    "peppers",
    metadata,
    Column("purpose", String(40), primary_key=True),
    Column("day", Date, primary_key=True),  # from which on it is used
    Column("pepper", LargeBinary, nullable=False),  # deleted = marks made with it can never be linked again
)
