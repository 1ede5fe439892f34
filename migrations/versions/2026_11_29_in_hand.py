"""who has a meeting in hand, and from when it needs one: what is alive has an index of its own

Revision: 2026_11_29_in_hand, after 2026_11_29_sketches
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "2026_11_29_in_hand"
down_revision: str | None = "2026_11_29_sketches"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_TEXTS = ("keeper_id", "keeper_name", "remark_text", "remark_by", "snooze_reason", "snooze_by")
_MOMENTS = ("keeper_at", "remark_at", "snooze_until", "snooze_at")
_ALIVE = sa.text("hand_from is not null")


def upgrade() -> None:
    for name in _TEXTS:
        op.add_column("meeting", sa.Column(name, sa.Text(), nullable=True))
    for name in _MOMENTS:
        op.add_column("meeting", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    op.add_column("party_round", sa.Column("asked_again_at", sa.DateTime(timezone=True), nullable=True))
    for table in ("meeting", "party"):
        for name in ("hand_from", "too_late_at"):
            op.add_column(table, sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    op.add_column("party", sa.Column("ahead_at", sa.DateTime(timezone=True), nullable=True))
    # Too early where the rules would say later, never too late; the next change of a meeting writes what they say.
    op.execute(
        """
        update meeting m set too_late_at = m.starts_at, hand_from = case
            when m.state = 'ended' or m.started then m.ends_at
            when m.state = 'called' and not exists (select 1 from claim c
                where c.meeting_id = m.id and c.state = 'waiting') and not exists (select 1 from party_round r
                join party p on p.meeting_id = r.meeting_id and p.ordinal = r.party and p.round = r.number
                where r.meeting_id = m.id and (r.undeliverable or r.phone_only or r.convener_asked
                    or (not coalesce(r.answer_decided, true) and r.answer_kind in ('proposes', 'unknown_identity',
                        'contests', 'redirects', 'not_ours', 'informs', 'represented'))))
            then m.starts_at - interval '5 days' else '2000-01-01 00:00+00' end
        where m.state in ('draft', 'called', 'ended')
        """
    )
    op.execute(
        "update party p set hand_from = '2000-01-01 00:00+00', too_late_at = m.starts_at, ahead_at = m.starts_at"
        " from meeting m where m.id = p.meeting_id and m.state = 'called' and not m.started"
        " and p.obligation <> 'convening' and not p.removed and p.redirected_to is null"
    )
    for table, prefix in (("meeting", "convener_"), ("party", "")):
        op.create_index(f"ix_{table}_hand_unit", table, [f"{prefix}unit_id", "hand_from"], postgresql_where=_ALIVE)
        columns = [f"{prefix}principal_id", "hand_from"]
        op.create_index(f"ix_{table}_hand_principal", table, columns, postgresql_where=_ALIVE)
        op.create_index(f"ix_{table}_hand", table, ["hand_from"], postgresql_where=_ALIVE)
    there = sa.text("ahead_at is not null")
    op.create_index("ix_party_ahead", "party", ["unit_id", "ahead_at"], postgresql_where=there)
    archived = sa.text("archived_at is not null")
    op.create_index("ix_unit_archived_at", "unit", ["archived_at"], postgresql_where=archived)
    op.create_index("ix_meeting_starts_at_id", "meeting", ["starts_at", "id"])
    op.create_table(
        "saved_view",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_saved_view_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_view")),
        sa.UniqueConstraint("user_id", "name", name=op.f("uq_saved_view_user_id_name")),
    )
    put_off = sa.text("snooze_until is not null")
    op.create_index("ix_meeting_snooze_until", "meeting", ["snooze_until"], postgresql_where=put_off)


def downgrade() -> None:
    op.drop_index("ix_meeting_snooze_until", "meeting")
    op.drop_table("saved_view")
    op.drop_index("ix_meeting_starts_at_id", "meeting")
    op.drop_index("ix_unit_archived_at", "unit")
    op.drop_index("ix_party_ahead", "party")
    for table in ("party", "meeting"):
        for name in ("hand", "hand_principal", "hand_unit"):
            op.drop_index(f"ix_{table}_{name}", table)
        for name in ("too_late_at", "hand_from"):
            op.drop_column(table, name)
    op.drop_column("party", "ahead_at")
    op.drop_column("party_round", "asked_again_at")
    for name in (*_MOMENTS, *_TEXTS):
        op.drop_column("meeting", name)
