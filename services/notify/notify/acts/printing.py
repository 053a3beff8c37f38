"""The worker's tasks: print a document, deliver it, print the proof of its service.

Each reads the root as it is and answers with an act.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chassis.core import Job, task
from notify.domain import serving
from notify.rendering import fonts
from notify.rendering.paper import paper
from notify.rendering.pdf import NotPrinted, Printed, print_paper

Json = dict[str, Any]


@task("print-document")
def print_document(job: Job) -> Json | None:
    """Print a registered document and keep the PDF; a fault is recorded, so that the registry sees it and prints again."""
    root = job.root(job.data["document"])
    if root["state"] not in ("registered", "unprinted"):
        return None
    page = paper(document_to_print(root))
    layout: Json = {"template": page["template"], "missing": page["missing"]}
    try:
        printed = print_paper(page)
    except (NotPrinted, fonts.NoChineseFont) as fault:
        return _act(root, "render-document", layout | {"outcome": "fault", "fault": str(fault)[:500]})
    if printed.unprintable:
        return _act(
            root,
            "render-document",
            layout | {"outcome": "fault", "unprintable": printed.unprintable, "fault": fonts.GAP},
        )
    outcome = "ready" if _has_addressee(root["body"]) else "internal"
    return _act(root, "render-document", layout | {"outcome": outcome, "pdf": _keep(job, printed, root)})


@task("deliver")
def deliver(job: Job) -> Json | None:
    """Put the document into the addressee's inbox: its arrival there is receipt."""
    root = job.root(job.data["document"])
    return _act(root, "serve-electronically", {}) if root["state"] == "awaiting_service" else None


@task("print-proof")
def print_proof(job: Job) -> Json:
    """Print the proof (送达回证) of an electronic service."""
    root = job.root(job.data["document"])
    printed = print_paper(paper(proof_of_service(root)))
    kept = job.files.put(printed.pdf, f"送达回证 {root['number'] or root['title']}.pdf", "application/pdf")
    return _act(root, "file-proof", {"pdf": kept})


def document_to_print(root: Mapping[str, Any]) -> Json:
    """What is printed of a document."""
    body = root["body"]
    return {
        "kind": body["kind"],
        "title": body["title"],
        "number": root["number"],
        "issuer_name": body["issuer"]["name"],
        "addressee_name": body["addressee"]["name"],
        "signed_on": body["signed_on"],
        "fields": body["fields"],
        "remedy": body["remedy"],
    }


def proof_of_service(root: Mapping[str, Any]) -> Json:
    """What is printed as the proof of an electronic service; it holds no personal data."""
    body = root["body"]
    service = body["service"]
    return {
        "kind": "送达回证",
        "title": "送达回证",
        "issuer_name": body["issuer"]["name"],
        "signed_on": service["served_on"],
        "fields": {
            "document_title": body["title"],
            "document_number": root["number"],
            "addressee_name": body["addressee"]["name"] or body["addressee"]["id"],
            "manner": serving.manner_zh(service["manner"]),
            "served_on": service["served_on"],
            "place": "受送达人在本系统的收件箱",
            "note": "到达即为送达；依据已签署的送达地址确认书",
        },
    }


def _has_addressee(body: Mapping[str, Any]) -> bool:
    """An addressee outside the system (another province, say) has a name and no id here."""
    return bool(body["form"]["served"] and (body["addressee"]["id"] or body["addressee"]["name"]))


def _keep(job: Job, printed: Printed, root: Mapping[str, Any]) -> Json:
    name = " ".join(filter(None, (root["title"], root["number"])))
    return job.files.put(printed.pdf, f"{name[:180]}.pdf", "application/pdf")


def _act(root: Mapping[str, Any], name: str, data: Json) -> Json:
    return {"kind": "document", "id": root["id"], "act": name, "data": data}
