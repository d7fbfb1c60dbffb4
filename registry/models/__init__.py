"""The tables, one module per aggregate."""

from registry.models.accounts import ROLES, AuditEntry, Person, RoleGrant, Token
from registry.models.administrations import Administration
from registry.models.base import Base
from registry.models.change_sets import CHANGE_CLASSES, CHANGE_SET_STATUSES, Change, ChangeSet
from registry.models.choices import Choice
from registry.models.correspondences import RELATIONS, Association, AssociationMember, Correspondence
from registry.models.data_sets import ColumnBinding, DataSet
from registry.models.drafts import (
    Comment,
    ConsultedAdministration,
    DraftCheck,
    DraftEvent,
    DraftFinding,
    DraftItem,
    DraftWord,
    ErrorReport,
    ReviewStep,
)
from registry.models.events import ChangeEvent, ChangeLink
from registry.models.items import Designation, Item, ItemState, Observation
from registry.models.log import LogLeaf
from registry.models.outbox import OutboxEntry
from registry.models.referentials import REVIEWS, VERSION_STATUSES, Referential, Version
from registry.models.telling import Delivery, Subscription

__all__ = [
    "CHANGE_CLASSES",
    "CHANGE_SET_STATUSES",
    "RELATIONS",
    "REVIEWS",
    "ROLES",
    "VERSION_STATUSES",
    "Administration",
    "Association",
    "AssociationMember",
    "AuditEntry",
    "Base",
    "Change",
    "ChangeEvent",
    "ChangeLink",
    "ChangeSet",
    "Choice",
    "ColumnBinding",
    "Comment",
    "ConsultedAdministration",
    "Correspondence",
    "DataSet",
    "Delivery",
    "Designation",
    "DraftCheck",
    "DraftEvent",
    "DraftFinding",
    "DraftItem",
    "DraftWord",
    "ErrorReport",
    "Item",
    "ItemState",
    "LogLeaf",
    "Observation",
    "OutboxEntry",
    "Person",
    "Referential",
    "ReviewStep",
    "RoleGrant",
    "Subscription",
    "Token",
    "Version",
]
