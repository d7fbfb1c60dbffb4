"""What is told: thin events for programs (Standard Webhooks), short texts for people."""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from referentials.canonical import JSON, canonical

_SUBJECTS: Mapping[str, tuple[str, str, str]] = {
    "version-published": ("version publiée", "نشر إصدار", "version published"),
    "version-scheduled": ("publication programmée", "برمجة نشر إصدار", "publication scheduled"),
    "version-withdrawn": ("version retirée", "سحب إصدار", "version withdrawn"),
    "publication-refused": ("publication impossible", "تعذر النشر", "publication refused"),
    "change-set-submitted": ("projet soumis à validation", "مشروع معروض للموافقة", "draft submitted"),
    "changes-requested": ("modifications demandées", "طلب تعديلات", "changes requested"),
    "change-set-approved": ("projet approuvé", "الموافقة على مشروع", "draft approved"),
    "change-set-withdrawn": ("projet abandonné", "التخلي عن مشروع", "draft withdrawn"),
    "consultation-opened": ("consultation ouverte", "فتح استشارة", "consultation opened"),
    "comment-added": ("nouveau commentaire", "تعليق جديد", "new comment"),
    "error-reported": ("erreur signalée", "التبليغ عن خطأ", "error reported"),
}


@dataclass(frozen=True, slots=True)
class Event:
    """An entry of the outbox: `entry` tells it apart for ever, so that a receiver takes it in once."""

    entry: int
    kind: str
    at: str
    payload: Mapping[str, JSON]

    @property
    def id(self) -> str:
        """The message's id, the same for every try."""
        return f"msg_{self.entry}"


def body_of(event: Event) -> bytes:
    """The JSON body of a webhook: which event, when, and of what; the rest is asked for over HTTP."""
    return canonical({"type": event.kind, "timestamp": event.at, "data": dict(event.payload)})


def headers_of(event: Event, secret: str, timestamp: int, body: bytes) -> dict[str, str]:
    """The signed headers of a webhook (Standard Webhooks 1.0, symmetric); `timestamp` in seconds."""
    try:
        key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except binascii.Error as error:
        raise ValueError("the subscription's secret is not one") from error
    signed = f"{event.id}.{timestamp}.".encode() + body
    signature = base64.b64encode(hmac.new(key, signed, sha256).digest()).decode()
    return {
        "Content-Type": "application/json",
        "webhook-id": event.id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": f"v1,{signature}",
    }


def subject_of(event: Event) -> str:
    """A mail's subject, in French, Arabic and English."""
    words = " / ".join(_SUBJECTS[event.kind])
    return " ".join(part for part in ("Marjaa:", _what(event), words) if part)


def text_of(event: Event, public_url: str) -> str:
    """A mail's text: what happened, to what, where to read on."""
    lines = [f"{name}: {value}" for name, value in sorted(event.payload.items()) if value is not None]
    referential, label = event.payload.get("referential"), event.payload.get("label")
    if event.kind.startswith("version-") and referential and label:
        lines.append(f"{public_url}/api/v1/referentials/{referential}/versions/{label}")
    elif "change_set" in event.payload:
        lines.append(f"{public_url}/api/v1/change-sets/{event.payload['change_set']}")
    return "\n".join(["\n".join(_SUBJECTS[event.kind]), "", *lines, "", event.at, ""])


def _what(event: Event) -> str:
    named = (event.payload.get("referential"), event.payload.get("label"))
    return " ".join(str(each) for each in named if each)
