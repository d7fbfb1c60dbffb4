"""Triggers: a published row only ever gains its withdrawal, and no version that exists can gain or lose rows.

What is submitted, approved or published of a change set cannot change either.

They raise what the driver reports as an IntegrityError. What PostgreSQL checks for many rows it checks once
per statement, over the transition table, so that COPY stays fast.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import sqlalchemy as sa
from alembic import op

from registry.migrations.spelling import on_postgresql

revision = "0003"
down_revision: str | None = "0002"
branch_labels: str | None = None
depends_on: str | None = None

# Rows that are known from a version to another: the columns that never change, all but `withdrawn_in`.
WITHDRAWABLE = {
    "item_state": (
        "id item referential code level parent names attributes shape valid_from valid_to introduced_in"
    ),
    "designation": "id item referential text language script use source valid_from valid_to introduced_in",
    "observation": "id item referential measure observed_on value unit source introduced_in",
    "change_event": "id introduced_in referential type effective_on earliest_on latest_on basis note",
}
INTRODUCED = (*WITHDRAWABLE, "item", "change_link")
# Rows that never change at all.
FIXED = ("item", "change_link", "correspondence", "association", "association_member", "log_leaf")
VERSION = (
    "referential ordinal label effective_on content_root base_ordinal published_at basis notes provenance"
    " counts change_set change_class legal_basis review approval"
)
# What a change set says, and what was said of it: fixed from its submission until it is edited again.
SUBMITTED = (
    "referential base_ordinal label effective_on basis notes provenance content_root revision mode"
    " change_class legal_basis notice_reason mapping submitted_by submitted_at withdraws"
)
APPROVED = f"{SUBMITTED} approved_by approved_at single_person"
KEPT = (*WITHDRAWABLE, *FIXED, "version")
# A status is only ever replaced by one to its right.
STATUSES = "scheduled published superseded withdrawn"
HEAD = "coalesce((SELECT max(v.ordinal) FROM version v WHERE v.referential = {row}.referential), 0)"
EDITABLE = "('draft', 'changes_requested')"
KNOWN = "SELECT 1 FROM referential r WHERE r.id = {row}.referential"
CLOSED = "SELECT 1 FROM correspondence c WHERE c.id = NEW.correspondence AND c.ordinal = NEW.ordinal"
# What may come of a change set that was submitted; from a draft, anything may.
STEPS = """
    (OLD.status = 'submitted' AND NEW.status = 'published')
    OR (OLD.status = 'approved' AND NEW.status IN ('submitted', 'changes_requested'))
    OR (OLD.status IN ('published', 'withdrawn') AND NEW.status <> OLD.status)
    OR (NEW.status IN ('draft', 'changes_requested') AND NEW.approved_by IS NOT NULL)
"""
ORPHANS = """
    SELECT 1 FROM item_state s
    WHERE s.referential = NEW.referential AND s.introduced_in = NEW.ordinal AND s.parent IS NOT NULL
      AND NOT EXISTS (SELECT 1 FROM item i WHERE i.id = s.parent AND i.referential = s.referential)
"""
FOLLOWS = f"NEW.ordinal = 1 + {HEAD.format(row='NEW')} AND coalesce(NEW.base_ordinal, 0) = NEW.ordinal - 1"


def upgrade() -> None:
    """Create the triggers."""
    for statement in _for_postgresql() if on_postgresql() else _for_sqlite():
        # Not through a driver that would look for parameters in "%".
        op.execute(sa.text(statement.replace(":", "\\:")))


def _for_sqlite() -> Iterator[str]:
    def trigger(name: str, event: str, when: str, message: str) -> str:
        return (
            f"CREATE TRIGGER {name} BEFORE {event} FOR EACH ROW WHEN {when}"
            f" BEGIN SELECT RAISE(ABORT, '{message}'); END"
        )

    def changed(columns: str) -> str:
        return " OR ".join(f"NEW.{column} IS NOT OLD.{column}" for column in columns.split())

    head = HEAD.format(row="NEW")
    for table in INTRODUCED:
        yield trigger(
            f"{table}_comes",
            f"INSERT ON {table}",
            f"NEW.introduced_in IS NOT 1 + {head} OR NOT EXISTS ({KNOWN.format(row='NEW')})",
            f"a row of {table} comes with the next version only",
        )
    for table, columns in WITHDRAWABLE.items():
        yield trigger(
            f"{table}_comes_current",
            f"INSERT ON {table}",
            "NEW.withdrawn_in IS NOT NULL",
            f"a row of {table} comes current",
        )
        yield trigger(
            f"{table}_changes",
            f"UPDATE ON {table}",
            f"OLD.withdrawn_in IS NOT NULL OR NEW.withdrawn_in IS NOT 1 + {head} OR {changed(columns)}",
            f"a row of {table} only gains its withdrawal, by the next version",
        )
    for table in FIXED:
        yield trigger(f"{table}_changes", f"UPDATE ON {table}", "1", f"a row of {table} never changes")
    for table in KEPT:
        yield trigger(f"{table}_goes", f"DELETE ON {table}", "1", f"a row of {table} is never deleted")
    yield trigger(
        "version_follows", "INSERT ON version", f"NOT ({FOLLOWS})", "a version follows the newest one"
    )
    yield trigger(
        "version_has_parents",
        "INSERT ON version",
        f"EXISTS ({ORPHANS})",
        "a parent of a state does not exist",
    )
    yield trigger(
        "version_changes",
        "UPDATE ON version",
        f"{changed(VERSION)} OR instr('{STATUSES}', NEW.status) < instr('{STATUSES}', OLD.status)",
        "of a version only the status changes, and never back",
    )
    for name, event, rows in (
        ("comes", "INSERT", ("NEW",)),
        ("changes", "UPDATE", ("OLD", "NEW")),
        ("goes", "DELETE", ("OLD",)),
    ):
        ours = " OR ".join(f"c.id = {row}.change_set" for row in rows)
        fixed = f"SELECT 1 FROM change_set c WHERE ({ours}) AND c.status NOT IN {EDITABLE}"  # noqa: S608  # from the texts above
        yield trigger(
            f"change_{name}",
            f"{event} ON change",
            f"EXISTS ({fixed})",
            "a change set changes only while it is a draft or sent back for changes",
        )
    for name, condition in _refused_of_change_set(changed):
        yield trigger(
            f"change_set_{name}",
            "UPDATE ON change_set",
            condition,
            "what is submitted, approved or published of a change set stays as it is",
        )
    for table in ("association", "association_member"):
        yield trigger(
            f"{table}_comes",
            f"INSERT ON {table}",
            f"EXISTS ({CLOSED})",
            "a published correspondence gains nothing",
        )
    yield trigger(
        "log_leaf_follows",
        "INSERT ON log_leaf",
        "NEW.position IS NOT coalesce((SELECT max(position) + 1 FROM log_leaf), 0)",
        "a leaf of the log follows the newest one",
    )


def _refused_of_change_set(changed: Callable[[str], str]) -> Iterator[tuple[str, str]]:
    """Updates of a change set that are refused, by the name of the trigger; `changed` spells a comparison."""
    yield "steps", STEPS
    editing = f"NEW.status IN {EDITABLE}"
    yield "submitted", f"OLD.status = 'submitted' AND NOT ({editing}) AND ({changed(SUBMITTED)})"
    yield "approved", f"OLD.status = 'approved' AND NOT ({editing}) AND ({changed(APPROVED)})"
    yield "ended", f"OLD.status IN ('published', 'withdrawn') AND ({changed(APPROVED)})"


# Referentials are locked in a shared mode: a row cannot slip in while another transaction publishes. Change
# sets are locked for those who change them, too: one after the other, none while it is published.
POSTGRESQL_FUNCTIONS = {
    "marjaa_refuse": """
        RAISE EXCEPTION '%: % is refused, %', TG_TABLE_NAME, lower(TG_OP), TG_ARGV[0]
            USING ERRCODE = 'integrity_constraint_violation';
    """,
    "marjaa_comes": f"""
        PERFORM 1 FROM referential r
            JOIN (SELECT DISTINCT referential FROM arrived) a ON a.referential = r.id FOR SHARE OF r;
        IF EXISTS (
            SELECT 1 FROM (SELECT DISTINCT referential, introduced_in FROM arrived) a
            WHERE a.introduced_in <> 1 + {HEAD.format(row="a")}
               OR NOT EXISTS ({KNOWN.format(row="a")})
        ) THEN
            RAISE EXCEPTION '%: a row comes with the next version only', TG_TABLE_NAME
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NULL;
    """,  # noqa: S608  # from the texts above
    "marjaa_comes_current": """
        IF EXISTS (SELECT 1 FROM arrived WHERE withdrawn_in IS NOT NULL) THEN
            RAISE EXCEPTION '%: a row comes current', TG_TABLE_NAME
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NULL;
    """,
    "marjaa_withdrawn": f"""
        PERFORM 1 FROM referential r
            JOIN (SELECT DISTINCT referential FROM changed) c ON c.referential = r.id FOR SHARE OF r;
        IF EXISTS (
            SELECT 1 FROM (SELECT DISTINCT referential, withdrawn_in FROM changed) c
            WHERE c.withdrawn_in <> 1 + {HEAD.format(row="c")}
        ) THEN
            RAISE EXCEPTION '%: a row is withdrawn by the next version only', TG_TABLE_NAME
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NULL;
    """,  # noqa: S608  # from the texts above
    "marjaa_change_moves": f"""
        PERFORM 1 FROM change_set s
            JOIN (SELECT DISTINCT change_set FROM moved) m ON m.change_set = s.id FOR NO KEY UPDATE OF s;
        IF EXISTS (
            SELECT 1 FROM change_set s JOIN (SELECT DISTINCT change_set FROM moved) m ON m.change_set = s.id
            WHERE s.status NOT IN {EDITABLE}
        ) THEN
            RAISE EXCEPTION 'change: a change set changes only while it is a draft or sent back for changes'
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NULL;
    """,  # noqa: S608  # from the texts above
    "marjaa_version_follows": f"""
        IF NOT ({FOLLOWS}) THEN
            RAISE EXCEPTION 'version: a version follows the newest one'
                USING ERRCODE = 'integrity_constraint_violation';
        ELSIF EXISTS ({ORPHANS}) THEN
            RAISE EXCEPTION 'version: a parent of a state does not exist'
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NEW;
    """,
    "marjaa_association_comes": f"""
        IF EXISTS ({CLOSED}) THEN
            RAISE EXCEPTION '%: a published correspondence gains nothing', TG_TABLE_NAME
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NEW;
    """,
    "marjaa_log_leaf_follows": """
        IF NEW.position <> coalesce((SELECT max(l.position) + 1 FROM log_leaf l), 0) THEN
            RAISE EXCEPTION 'log_leaf: a leaf of the log follows the newest one'
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NEW;
    """,
}


def _for_postgresql() -> Iterator[str]:
    for name, body in POSTGRESQL_FUNCTIONS.items():
        yield f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} END $$"

    def trigger(table: str, name: str, event: str, condition: str, action: str) -> str:
        return f"CREATE TRIGGER {table}_{name} {event} ON {table} {condition} EXECUTE FUNCTION {action}"

    def changed(columns: str) -> str:
        # JSON has no equality, and that of a geometry is not byte for byte.
        cast = {"shape": "::bytea"} | dict.fromkeys(
            ("names", "attributes", "notes", "provenance", "counts", "mapping"), "::text"
        )
        old, new = (
            ", ".join(f"{row}.{column}{cast.get(column, '')}" for column in columns.split())
            for row in ("OLD", "NEW")
        )
        return f"ROW({old}) IS DISTINCT FROM ROW({new})"

    arrived = "REFERENCING NEW TABLE AS arrived FOR EACH STATEMENT"
    for table in INTRODUCED:
        yield trigger(table, "comes", "AFTER INSERT", arrived, "marjaa_comes()")
    for table, columns in WITHDRAWABLE.items():
        yield trigger(table, "comes_current", "AFTER INSERT", arrived, "marjaa_comes_current()")
        other = f"OLD.withdrawn_in IS NOT NULL OR NEW.withdrawn_in IS NULL OR {changed(columns)}"
        yield trigger(
            table,
            "changes",
            "BEFORE UPDATE",
            f"FOR EACH ROW WHEN ({other})",
            "marjaa_refuse('a row only gains its withdrawal')",
        )
        yield trigger(
            table,
            "withdrawn",
            "AFTER UPDATE",
            "REFERENCING NEW TABLE AS changed FOR EACH STATEMENT",
            "marjaa_withdrawn()",
        )
    for table in FIXED:
        yield trigger(
            table, "changes", "BEFORE UPDATE", "FOR EACH STATEMENT", "marjaa_refuse('a row never changes')"
        )
    for table in KEPT:
        yield trigger(
            table,
            "goes",
            "BEFORE DELETE OR TRUNCATE",
            "FOR EACH STATEMENT",
            "marjaa_refuse('a row is never deleted')",
        )
    for name, event, moved in (
        ("comes", "INSERT", "NEW TABLE AS moved"),
        ("changes_from", "UPDATE", "OLD TABLE AS moved"),
        ("changes_to", "UPDATE", "NEW TABLE AS moved"),
        ("goes", "DELETE", "OLD TABLE AS moved"),
    ):
        each = f"REFERENCING {moved} FOR EACH STATEMENT"
        yield trigger("change", name, f"AFTER {event}", each, "marjaa_change_moves()")
    yield trigger(
        "change",
        "goes_at_once",
        "BEFORE TRUNCATE",
        "FOR EACH STATEMENT",
        "marjaa_refuse('changes of all change sets are not deleted at once')",
    )
    for table, action in (
        ("version", "marjaa_version_follows()"),
        ("association", "marjaa_association_comes()"),
        ("association_member", "marjaa_association_comes()"),
        ("log_leaf", "marjaa_log_leaf_follows()"),
    ):
        yield trigger(table, "follows", "BEFORE INSERT", "FOR EACH ROW", action)
    for name, condition in _refused_of_change_set(changed):
        yield trigger(
            "change_set",
            name,
            "BEFORE UPDATE",
            f"FOR EACH ROW WHEN ({condition})",
            "marjaa_refuse('what is submitted, approved or published of a change set stays as it is')",
        )
    back = f"strpos('{STATUSES}', NEW.status) < strpos('{STATUSES}', OLD.status)"
    yield trigger(
        "version",
        "changes",
        "BEFORE UPDATE",
        f"FOR EACH ROW WHEN ({changed(VERSION)} OR {back})",
        "marjaa_refuse('only the status changes, and never back')",
    )
