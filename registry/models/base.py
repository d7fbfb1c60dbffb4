"""What all tables share: the declarative base, constraint names, and column types alike on both databases."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Integer, MetaData, Text
from sqlalchemy.orm import DeclarativeBase

# Compared and sorted by code point whatever the database's locale is.
CodePoints = Text().with_variant(Text(collation="C"), "postgresql")

# SQLite numbers rows by itself only for a key of type INTEGER.
RowNumber = BigInteger().with_variant(Integer(), "sqlite")

# `null` in such a column is the database's NULL, not JSON's.
Json = JSON(none_as_null=True)

# A moment in UTC as RFC 3339 text ("2024-09-01T08:30:00Z"), because SQLite keeps no time zones.
Moment = Text()

# What ids of referentials and labels of versions are made of (`registry.naming`), as both databases check it.
ID_PATTERN = (
    "length(id) BETWEEN 1 AND 50 AND ltrim(id, 'abcdefghijklmnopqrstuvwxyz0123456789-') = ''"
    " AND ltrim(id, '-') = id AND rtrim(id, '-') = id AND replace(id, '--', '') = id"
)
LABEL_PATTERN = (
    "length(label) BETWEEN 1 AND 40 AND ltrim(label, '._-') = label"
    " AND ltrim(label, 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-') = ''"
)


class Base(DeclarativeBase):
    """The base of every model; constraints are named, so that migrations can refer to them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
