"""The tables, one module per aggregate."""

from registry.models.administrations import Administration
from registry.models.base import Base
from registry.models.change_sets import CHANGE_SET_STATUSES, Change, ChangeSet
from registry.models.correspondences import RELATIONS, Association, AssociationMember, Correspondence
from registry.models.events import ChangeEvent, ChangeLink
from registry.models.items import Designation, Item, ItemState, Observation
from registry.models.log import LogLeaf
from registry.models.outbox import OutboxEntry
from registry.models.referentials import VERSION_STATUSES, Referential, Version

__all__ = [
    "CHANGE_SET_STATUSES",
    "RELATIONS",
    "VERSION_STATUSES",
    "Administration",
    "Association",
    "AssociationMember",
    "Base",
    "Change",
    "ChangeEvent",
    "ChangeLink",
    "ChangeSet",
    "Correspondence",
    "Designation",
    "Item",
    "ItemState",
    "LogLeaf",
    "Observation",
    "OutboxEntry",
    "Referential",
    "Version",
]
