"""The first tables.

Revision 0001, after nothing.
"""

import sqlalchemy as sa
from alembic import op

from ivr.persistence.tables import UtcTime

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "case_misses",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("who_hash", sa.LargeBinary(), nullable=False),
        sa.Column("at", UtcTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_misses")),
    )
    with op.batch_alter_table("case_misses", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_case_misses_at"), ["at"], unique=False)
        batch_op.create_index("ix_case_misses_who", ["who_hash", "at"], unique=False)

    op.create_table(
        "organisations",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("slug", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", UtcTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisations")),
        sa.UniqueConstraint("slug", name=op.f("uq_organisations_slug")),
    )
    op.create_table(
        "peppers",
        sa.Column("purpose", sa.String(length=40), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("pepper", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("purpose", "day", name=op.f("pk_peppers")),
    )
    op.create_table(
        "sign_in_misses",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("who_hash", sa.LargeBinary(), nullable=False),
        sa.Column("at", UtcTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_misses")),
    )
    with op.batch_alter_table("sign_in_misses", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sign_in_misses_at"), ["at"], unique=False)
        batch_op.create_index("ix_sign_in_misses_who", ["who_hash", "at"], unique=False)

    op.create_table(
        "audit_entries",
        sa.Column("organisation_id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", UtcTime(timezone=True), nullable=False),
        sa.Column("staff_id", sa.String(length=32), nullable=True),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.String(length=32), nullable=True),
        sa.Column("detail", sa.String(length=80), nullable=False),
        sa.Column("chain", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_audit_entries_organisation_id")
        ),
        sa.PrimaryKeyConstraint("organisation_id", "number", name=op.f("pk_audit_entries")),
    )
    op.create_table(
        "audit_heads",
        sa.Column("organisation_id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("chain", sa.String(length=64), nullable=False),
        sa.Column("mark", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_audit_heads_organisation_id")
        ),
        sa.PrimaryKeyConstraint("organisation_id", name=op.f("pk_audit_heads")),
    )
    op.create_table(
        "carrier_calls",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("organisation_id", sa.String(length=32), nullable=False),
        sa.Column("call_sid", sa.String(length=64), nullable=False),
        sa.Column("ended_at", UtcTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_carrier_calls_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_carrier_calls")),
        sa.UniqueConstraint("call_sid", name=op.f("uq_carrier_calls_call_sid")),
    )
    with op.batch_alter_table("carrier_calls", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_carrier_calls_ended_at"), ["ended_at"], unique=False)

    op.create_table(
        "case_tries",
        sa.Column("carrier_call_sid", sa.String(length=64), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.String(length=32), nullable=False),
        sa.Column("sealed_number", sa.LargeBinary(), nullable=False),
        sa.Column("at", UtcTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_case_tries_organisation_id")
        ),
        sa.PrimaryKeyConstraint("carrier_call_sid", "turn", name=op.f("pk_case_tries")),
    )
    with op.batch_alter_table("case_tries", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_case_tries_at"), ["at"], unique=False)

    op.create_table(
        "hotlines",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("organisation_id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("languages", sa.String(length=120), nullable=False),
        sa.Column("flow", sa.String(length=40), nullable=False),
        sa.Column("is_free", sa.Boolean(), nullable=False),
        sa.Column("emergency_number", sa.String(length=20), nullable=True),
        sa.Column("emergency_checked_on", UtcTime(timezone=True), nullable=True),
        sa.Column("sealed_emergency_checked_by", sa.LargeBinary(), nullable=True),
        sa.Column("closed_at", UtcTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_hotlines_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hotlines")),
        sa.UniqueConstraint("number", name=op.f("uq_hotlines_number")),
    )
    op.create_table(
        "receipts",
        sa.Column("carrier_call_sid", sa.String(length=64), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("deed", sa.String(length=32), nullable=False),
        sa.Column("organisation_id", sa.String(length=32), nullable=False),
        sa.Column("outcome", sa.String(length=32), nullable=False),
        sa.Column("at", UtcTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_receipts_organisation_id")
        ),
        sa.PrimaryKeyConstraint("carrier_call_sid", "turn", "deed", name=op.f("pk_receipts")),
    )
    with op.batch_alter_table("receipts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_receipts_at"), ["at"], unique=False)

    op.create_table(
        "staff",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("organisation_id", sa.String(length=32), nullable=False),
        sa.Column("login_hash", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_name", sa.LargeBinary(), nullable=False),
        sa.Column("password_hash", sa.String(length=160), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("created_at", UtcTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_staff_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff")),
        sa.UniqueConstraint("login_hash", name=op.f("uq_staff_login_hash")),
    )
    op.create_table(
        "tasks",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("organisation_id", sa.String(length=32), nullable=False),
        sa.Column("job", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("next_at", UtcTime(timezone=True), nullable=False),
        sa.Column("created_at", UtcTime(timezone=True), nullable=False),
        sa.Column("failure", sa.String(length=80), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_tasks_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tasks")),
        sa.UniqueConstraint("job", "subject_id", name=op.f("uq_tasks_job_subject_id")),
    )
    with op.batch_alter_table("tasks", schema=None) as batch_op:
        batch_op.create_index("ix_tasks_due", ["state", "next_at"], unique=False)

    op.create_table(
        "calls",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("organisation_id", sa.String(length=32), nullable=False),
        sa.Column("hotline_id", sa.String(length=32), nullable=False),
        sa.Column("carrier_call_sid", sa.String(length=64), nullable=True),
        sa.Column("concern_id", sa.String(length=32), nullable=True),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("flow_version", sa.String(length=32), nullable=False),
        sa.Column("began_at", UtcTime(timezone=True), nullable=False),
        sa.Column("consented_at", UtcTime(timezone=True), nullable=True),
        sa.Column("consent_version", sa.String(length=32), nullable=True),
        sa.Column("ended_at", UtcTime(timezone=True), nullable=True),
        sa.Column("last_turn_at", UtcTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["hotline_id"], ["hotlines.id"], name=op.f("fk_calls_hotline_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_calls_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calls")),
        sa.UniqueConstraint("carrier_call_sid", name=op.f("uq_calls_carrier_call_sid")),
    )
    with op.batch_alter_table("calls", schema=None) as batch_op:
        batch_op.create_index(
            "ix_calls_named",
            ["began_at"],
            unique=False,
            sqlite_where=sa.text("carrier_call_sid IS NOT NULL"),
            postgresql_where=sa.text("carrier_call_sid IS NOT NULL"),
        )

    op.create_table(
        "services",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("organisation_id", sa.String(length=32), nullable=False),
        sa.Column("slug", sa.String(length=60), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("serves", sa.Text(), nullable=False),
        sa.Column("phone", sa.String(length=32), nullable=False),
        sa.Column("phone_type", sa.String(length=12), nullable=False),
        sa.Column("hours", sa.Text(), nullable=True),
        sa.Column("languages", sa.String(length=60), nullable=False),
        sa.Column("cost", sa.Text(), nullable=True),
        sa.Column("read_out", sa.String(length=8), nullable=False),
        sa.Column("is_state_run", sa.Boolean(), nullable=True),
        sa.Column("records", sa.String(length=8), nullable=False),
        sa.Column("caution", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("verified_on", sa.Date(), nullable=True),
        sa.Column("verified_by", sa.String(length=32), nullable=True),
        sa.Column("sealed_check", sa.LargeBinary(), nullable=True),
        sa.Column("review_by", sa.Date(), nullable=True),
        sa.Column("told_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_services_organisation_id")
        ),
        sa.ForeignKeyConstraint(["verified_by"], ["staff.id"], name=op.f("fk_services_verified_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_services")),
        sa.UniqueConstraint("organisation_id", "slug", name=op.f("uq_services_organisation_id_slug")),
    )
    op.create_table(
        "staff_sessions",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("organisation_id", sa.String(length=32), nullable=False),
        sa.Column("staff_id", sa.String(length=32), nullable=False),
        sa.Column("began_at", UtcTime(timezone=True), nullable=False),
        sa.Column("seen_at", UtcTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_staff_sessions_organisation_id")
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_staff_sessions_staff_id")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_staff_sessions")),
    )
    with op.batch_alter_table("staff_sessions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_staff_sessions_seen_at"), ["seen_at"], unique=False)

    op.create_table(
        "topics",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("organisation_id", sa.String(length=32), nullable=False),
        sa.Column("slug", sa.String(length=40), nullable=False),
        sa.Column("menu_group", sa.String(length=2), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("review_by", sa.Date(), nullable=True),
        sa.Column("owner_staff_id", sa.String(length=32), nullable=True),
        sa.Column("told_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_topics_organisation_id")
        ),
        sa.ForeignKeyConstraint(["owner_staff_id"], ["staff.id"], name=op.f("fk_topics_owner_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_topics")),
        sa.UniqueConstraint("organisation_id", "slug", name=op.f("uq_topics_organisation_id_slug")),
    )
    op.create_table(
        "concerns",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("organisation_id", sa.String(length=32), nullable=False),
        sa.Column("hotline_id", sa.String(length=32), nullable=False),
        sa.Column("call_id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary(), nullable=True),
        sa.Column("sealed_case_number", sa.LargeBinary(), nullable=True),
        sa.Column("case_number_hash", sa.LargeBinary(), nullable=True),
        sa.Column("sealed_pending_pin", sa.LargeBinary(), nullable=True),
        sa.Column("pin_hash", sa.String(length=160), nullable=True),
        sa.Column("answer_wish", sa.String(length=16), nullable=True),
        sa.Column("caller_kind", sa.String(length=32), nullable=True),
        sa.Column("topic", sa.String(length=40), nullable=True),
        sa.Column("suggested_kind", sa.String(length=32), nullable=True),
        sa.Column("suggested_urgency", sa.String(length=16), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("is_set_aside", sa.Boolean(), nullable=False),
        sa.Column("created_at", UtcTime(timezone=True), nullable=False),
        sa.Column("released_at", UtcTime(timezone=True), nullable=True),
        sa.Column("first_opened_at", UtcTime(timezone=True), nullable=True),
        sa.Column("done_at", UtcTime(timezone=True), nullable=True),
        sa.Column("added_at", UtcTime(timezone=True), nullable=True),
        sa.Column("trouble_at", UtcTime(timezone=True), nullable=True),
        sa.Column("has_news", sa.Boolean(), nullable=False),
        sa.Column("erased_at", UtcTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name=op.f("fk_concerns_call_id")),
        sa.ForeignKeyConstraint(["hotline_id"], ["hotlines.id"], name=op.f("fk_concerns_hotline_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_concerns_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_concerns")),
        sa.UniqueConstraint("case_number_hash", name=op.f("uq_concerns_case_number_hash")),
    )
    with op.batch_alter_table("concerns", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_concerns_call_id"), ["call_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_concerns_created_at"), ["created_at"], unique=False)
        batch_op.create_index("ix_concerns_done", ["organisation_id", "state", "done_at", "id"], unique=False)
        batch_op.create_index(
            "ix_concerns_inbox",
            ["organisation_id", "state", "is_set_aside", "released_at", "id"],
            unique=False,
        )
        batch_op.create_index(
            "uq_concerns_open_name",
            ["organisation_id", "name"],
            unique=True,
            sqlite_where=sa.text("state != 'done'"),
            postgresql_where=sa.text("state != 'done'"),
        )

    op.create_table(
        "feedback",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("organisation_id", sa.String(length=32), nullable=False),
        sa.Column("concern_id", sa.String(length=32), nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("answer", sa.String(length=16), nullable=False),
        sa.Column("at", UtcTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["concern_id"], ["concerns.id"], name=op.f("fk_feedback_concern_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_feedback_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback")),
    )
    with op.batch_alter_table("feedback", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_feedback_concern_id"), ["concern_id"], unique=False)

    op.create_table(
        "messages",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("organisation_id", sa.String(length=32), nullable=False),
        sa.Column("concern_id", sa.String(length=32), nullable=False),
        sa.Column("call_id", sa.String(length=32), nullable=False),
        sa.Column("recording_sid", sa.String(length=64), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("said_length_s", sa.Integer(), nullable=True),
        sa.Column("recorded_at", UtcTime(timezone=True), nullable=False),
        sa.Column("sent_at", UtcTime(timezone=True), nullable=True),
        sa.Column("released_at", UtcTime(timezone=True), nullable=True),
        sa.Column("erased_at", UtcTime(timezone=True), nullable=True),
        sa.Column("sound_erased_at", UtcTime(timezone=True), nullable=True),
        sa.Column("fetched_at", UtcTime(timezone=True), nullable=True),
        sa.Column("fetch_failure", sa.String(length=64), nullable=True),
        sa.Column("sound_sha256", sa.String(length=64), nullable=True),
        sa.Column("length_ms", sa.Integer(), nullable=True),
        sa.Column("level_dbfs", sa.Integer(), nullable=True),
        sa.Column("waveform", sa.Text(), nullable=True),
        sa.Column("set_aside", sa.String(length=16), nullable=True),
        sa.Column("transcript_state", sa.String(length=16), nullable=False),
        sa.Column("transcript_failure", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name=op.f("fk_messages_call_id")),
        sa.ForeignKeyConstraint(["concern_id"], ["concerns.id"], name=op.f("fk_messages_concern_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_messages_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
        sa.UniqueConstraint("recording_sid", name=op.f("uq_messages_recording_sid")),
    )
    with op.batch_alter_table("messages", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_messages_call_id"), ["call_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_messages_concern_id"), ["concern_id"], unique=False)
        batch_op.create_index(
            "ix_messages_sound_kept",
            ["recorded_at"],
            unique=False,
            sqlite_where=sa.text("sound_erased_at IS NULL"),
            postgresql_where=sa.text("sound_erased_at IS NULL"),
        )
        batch_op.create_index("ix_messages_unreleased", ["released_at", "recorded_at"], unique=False)
        batch_op.create_index(
            "ix_messages_words_kept",
            ["recorded_at"],
            unique=False,
            sqlite_where=sa.text("transcript_state IN ('ready', 'empty')"),
            postgresql_where=sa.text("transcript_state IN ('ready', 'empty')"),
        )

    op.create_table(
        "notes",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("organisation_id", sa.String(length=32), nullable=False),
        sa.Column("concern_id", sa.String(length=32), nullable=False),
        sa.Column("staff_id", sa.String(length=32), nullable=False),
        sa.Column("sealed_text", sa.LargeBinary(), nullable=False),
        sa.Column("written_at", UtcTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["concern_id"], ["concerns.id"], name=op.f("fk_notes_concern_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_notes_organisation_id")
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_notes_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notes")),
    )
    with op.batch_alter_table("notes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_notes_concern_id"), ["concern_id"], unique=False)

    op.create_table(
        "open_cases",
        sa.Column("carrier_call_sid", sa.String(length=64), nullable=False),
        sa.Column("organisation_id", sa.String(length=32), nullable=False),
        sa.Column("concern_id", sa.String(length=32), nullable=False),
        sa.Column("at", UtcTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["concern_id"], ["concerns.id"], name=op.f("fk_open_cases_concern_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_open_cases_organisation_id")
        ),
        sa.PrimaryKeyConstraint("carrier_call_sid", name=op.f("pk_open_cases")),
    )
    with op.batch_alter_table("open_cases", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_open_cases_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_open_cases_concern_id"), ["concern_id"], unique=False)

    op.create_table(
        "replies",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("organisation_id", sa.String(length=32), nullable=False),
        sa.Column("concern_id", sa.String(length=32), nullable=False),
        sa.Column("staff_id", sa.String(length=32), nullable=False),
        sa.Column("recorded_at", UtcTime(timezone=True), nullable=False),
        sa.Column("length_ms", sa.Integer(), nullable=False),
        sa.Column("kept_at", UtcTime(timezone=True), nullable=True),
        sa.Column("first_heard_at", UtcTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", UtcTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["concern_id"], ["concerns.id"], name=op.f("fk_replies_concern_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_replies_organisation_id")
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_replies_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_replies")),
    )
    with op.batch_alter_table("replies", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_replies_concern_id"), ["concern_id"], unique=False)

    op.create_table(
        "carrier_copies",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("organisation_id", sa.String(length=32), nullable=False),
        sa.Column("recording_sid", sa.String(length=64), nullable=False),
        sa.Column("message_id", sa.String(length=32), nullable=True),
        sa.Column("seen_at", UtcTime(timezone=True), nullable=False),
        sa.Column("deleted_at", UtcTime(timezone=True), nullable=True),
        sa.Column("proved_gone_at", UtcTime(timezone=True), nullable=True),
        sa.Column("left_since", UtcTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name=op.f("fk_carrier_copies_message_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_carrier_copies_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_carrier_copies")),
        sa.UniqueConstraint("recording_sid", name=op.f("uq_carrier_copies_recording_sid")),
    )
    with op.batch_alter_table("carrier_copies", schema=None) as batch_op:
        batch_op.create_index("ix_carrier_copies_present", ["proved_gone_at", "seen_at"], unique=False)

    op.create_table(
        "listenings",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("organisation_id", sa.String(length=32), nullable=False),
        sa.Column("message_id", sa.String(length=32), nullable=False),
        sa.Column("staff_id", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=False),
        sa.Column("at", UtcTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name=op.f("fk_listenings_message_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_listenings_organisation_id")
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_listenings_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_listenings")),
    )
    with op.batch_alter_table("listenings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_listenings_message_id"), ["message_id"], unique=False)

    op.create_table(
        "transcripts",
        sa.Column("message_id", sa.String(length=32), nullable=False),
        sa.Column("organisation_id", sa.String(length=32), nullable=False),
        sa.Column("sealed_words", sa.LargeBinary(), nullable=False),
        sa.Column("model", sa.String(length=80), nullable=False),
        sa.Column("word_count", sa.Integer(), nullable=False),
        sa.Column("made_at", UtcTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name=op.f("fk_transcripts_message_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_transcripts_organisation_id")
        ),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_transcripts")),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("transcripts")
    with op.batch_alter_table("listenings", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_listenings_message_id"))

    op.drop_table("listenings")
    with op.batch_alter_table("carrier_copies", schema=None) as batch_op:
        batch_op.drop_index("ix_carrier_copies_present")

    op.drop_table("carrier_copies")
    with op.batch_alter_table("replies", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_replies_concern_id"))

    op.drop_table("replies")
    with op.batch_alter_table("open_cases", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_open_cases_concern_id"))
        batch_op.drop_index(batch_op.f("ix_open_cases_at"))

    op.drop_table("open_cases")
    with op.batch_alter_table("notes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_notes_concern_id"))

    op.drop_table("notes")
    with op.batch_alter_table("messages", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_messages_words_kept",
            sqlite_where=sa.text("transcript_state IN ('ready', 'empty')"),
            postgresql_where=sa.text("transcript_state IN ('ready', 'empty')"),
        )
        batch_op.drop_index("ix_messages_unreleased")
        batch_op.drop_index(
            "ix_messages_sound_kept",
            sqlite_where=sa.text("sound_erased_at IS NULL"),
            postgresql_where=sa.text("sound_erased_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_messages_concern_id"))
        batch_op.drop_index(batch_op.f("ix_messages_call_id"))

    op.drop_table("messages")
    with op.batch_alter_table("feedback", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_feedback_concern_id"))

    op.drop_table("feedback")
    with op.batch_alter_table("concerns", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_concerns_open_name",
            sqlite_where=sa.text("state != 'done'"),
            postgresql_where=sa.text("state != 'done'"),
        )
        batch_op.drop_index("ix_concerns_inbox")
        batch_op.drop_index("ix_concerns_done")
        batch_op.drop_index(batch_op.f("ix_concerns_created_at"))
        batch_op.drop_index(batch_op.f("ix_concerns_call_id"))

    op.drop_table("concerns")
    op.drop_table("topics")
    with op.batch_alter_table("staff_sessions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_staff_sessions_seen_at"))

    op.drop_table("staff_sessions")
    op.drop_table("services")
    with op.batch_alter_table("calls", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_calls_named",
            sqlite_where=sa.text("carrier_call_sid IS NOT NULL"),
            postgresql_where=sa.text("carrier_call_sid IS NOT NULL"),
        )

    op.drop_table("calls")
    with op.batch_alter_table("tasks", schema=None) as batch_op:
        batch_op.drop_index("ix_tasks_due")

    op.drop_table("tasks")
    op.drop_table("staff")
    with op.batch_alter_table("receipts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_receipts_at"))

    op.drop_table("receipts")
    op.drop_table("hotlines")
    with op.batch_alter_table("case_tries", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_case_tries_at"))

    op.drop_table("case_tries")
    with op.batch_alter_table("carrier_calls", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_carrier_calls_ended_at"))

    op.drop_table("carrier_calls")
    op.drop_table("audit_heads")
    op.drop_table("audit_entries")
    with op.batch_alter_table("sign_in_misses", schema=None) as batch_op:
        batch_op.drop_index("ix_sign_in_misses_who")
        batch_op.drop_index(batch_op.f("ix_sign_in_misses_at"))

    op.drop_table("sign_in_misses")
    op.drop_table("peppers")
    op.drop_table("organisations")
    with op.batch_alter_table("case_misses", schema=None) as batch_op:
        batch_op.drop_index("ix_case_misses_who")
        batch_op.drop_index(batch_op.f("ix_case_misses_at"))

    op.drop_table("case_misses")
