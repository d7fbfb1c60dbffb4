"""The append-only log of publications, one per installation."""

from __future__ import annotations

from sqlalchemy import LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from registry.models.base import Base


class LogLeaf(Base):
    """A leaf of the log: its canonical JSON and its RFC 9162 leaf hash; positions run from 0, no gap."""

    __tablename__ = "log_leaf"

    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    leaf: Mapped[bytes] = mapped_column(LargeBinary)
    leaf_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
