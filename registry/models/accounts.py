"""People, what they may do, their tokens, and the audit trail. Sessions are in `registry.volatile`."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from registry.models.base import Base, CodePoints, Json, Moment, RowNumber

ROLES = ("administrator", "editor", "approver", "administration_officer", "data_manager")

_NOWHERE = text("referential IS NULL")


class Person(Base):
    """Somebody with an account; of an administration where they act for one. Never deleted, only disabled."""

    __tablename__ = "person"
    __table_args__ = (
        CheckConstraint("email = lower(email) AND email LIKE '%_@_%'", name="email"),
        CheckConstraint("name <> ''", name="name"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(CodePoints, unique=True)
    name: Mapped[str] = mapped_column(CodePoints)
    administration: Mapped[str | None] = mapped_column(
        CodePoints, ForeignKey("administration.id", name="fk_person_administration")
    )
    # An argon2id hash; empty for those who sign in elsewhere only.
    password: Mapped[str | None] = mapped_column(CodePoints)
    # Who the OpenID Connect provider says it is: its issuer and subject, a space between.
    subject: Mapped[str | None] = mapped_column(CodePoints, unique=True)
    created_at: Mapped[str] = mapped_column(Moment)
    disabled_at: Mapped[str | None] = mapped_column(Moment)


class RoleGrant(Base):
    """A role of a person; of editors and approvers for one referential, or for all where it is empty."""

    __tablename__ = "role_grant"
    __table_args__ = (
        CheckConstraint(
            "role IN ('administrator', 'editor', 'approver', 'administration_officer', 'data_manager')",
            name="role",
        ),
        CheckConstraint("referential IS NULL OR role IN ('editor', 'approver')", name="referential"),
        Index("uq_role_grant_of", "person", "role", "referential", unique=True),
        Index(
            "uq_role_grant_everywhere",
            "person",
            "role",
            unique=True,
            sqlite_where=_NOWHERE,
            postgresql_where=_NOWHERE,
        ),
    )

    id: Mapped[int] = mapped_column(RowNumber, primary_key=True)
    person: Mapped[UUID] = mapped_column(ForeignKey("person.id", name="fk_role_grant_person"))
    role: Mapped[str] = mapped_column(CodePoints)
    referential: Mapped[str | None] = mapped_column(
        CodePoints, ForeignKey("referential.id", name="fk_role_grant_referential")
    )
    granted_at: Mapped[str] = mapped_column(Moment)


class Token(Base):
    """What a program shows instead of a password: only the SHA-256 of its secret is kept."""

    __tablename__ = "token"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person: Mapped[UUID] = mapped_column(ForeignKey("person.id", name="fk_token_person"), index=True)
    label: Mapped[str] = mapped_column(CodePoints)
    secret: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    scopes: Mapped[list[str]] = mapped_column(Json)
    created_at: Mapped[str] = mapped_column(Moment)
    expires_at: Mapped[str] = mapped_column(Moment)
    revoked_at: Mapped[str | None] = mapped_column(Moment)


class AuditEntry(Base):
    """One change of state: who, what, when, before and after. Rows are only ever added."""

    __tablename__ = "audit_entry"
    __table_args__ = (Index("ix_audit_entry_subject", "subject_kind", "subject"),)

    id: Mapped[int] = mapped_column(RowNumber, primary_key=True)
    at: Mapped[str] = mapped_column(Moment)
    # A person's id; or what acted by itself, as "marjaa seed".
    actor: Mapped[str] = mapped_column(CodePoints)
    action: Mapped[str] = mapped_column(CodePoints)
    subject_kind: Mapped[str] = mapped_column(CodePoints)
    subject: Mapped[str] = mapped_column(CodePoints)
    before: Mapped[dict[str, Any] | None] = mapped_column(Json)
    after: Mapped[dict[str, Any] | None] = mapped_column(Json)
