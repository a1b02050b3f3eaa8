"""Whether a PDF is the sealed one: by its code, by its QR code's address, or by the file itself."""

from __future__ import annotations

from hashlib import sha256

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.db import unlocked
from portal.findings import RuleViolation
from portal.names import fold
from portal.policy import Permission
from portal.registry import registry
from portal.sealing import forms, queries
from portal.sealing.labels import FINDINGS
from portal.sealing.models import SealedDocument
from portal.sealing.service import CODE_LENGTH
from portal.web.permit import permit
from portal.web.uploads import MOST, open_upload

bp = Blueprint("verify", __name__, url_prefix="/verify")
blueprints = (bp,)
READ_AS = str.maketrans("OILU", "011V")  # letters that no code has, and for what they were read


@bp.get("")
@permit(Permission.PUBLIC)
def verify() -> ResponseReturnValue:
    return _page(forms.CodeForm(formdata=None), forms.CheckFileForm(formdata=None))


def _page(form: forms.CodeForm, file: forms.CheckFileForm, status: int = 200) -> ResponseReturnValue:
    return render_template("sealing/verify.html", form=form, file=file), status


@bp.post("")
@permit(Permission.PUBLIC)
def verify_code() -> ResponseReturnValue:
    form = forms.CodeForm()
    if form.validate():
        return redirect(url_for("verify.result", code=tidy(form.code.data or "") or "unknown"))
    return _page(form, forms.CheckFileForm(formdata=None), 422)


def tidy(code: str) -> str:
    """The code as stored, however it was typed: small letters, dashes and blanks do not matter, O is 0, I and L are 1;
    a whole address is taken for the code at its end."""
    last = code.strip().rstrip("/").rpartition("/")[2]
    kept = "".join(char for char in fold(last).upper() if char.isascii() and char.isalnum())
    return kept.translate(READ_AS)


@bp.get("/<code>")
@permit(Permission.PUBLIC)
def result(code: str) -> ResponseReturnValue:
    """Whether a report was sealed under this code. Shows only what is printed on the sealed report itself."""
    found = _sealed(tidy(code))
    return _verdict("sealed" if found else "unknown", found, 200 if found else 404)


def _sealed(code: str) -> SealedDocument | None:
    found = queries.by_code(code) if len(code) == CODE_LENGTH else None
    return found if found is not None and found.sealed_at is not None else None


def _verdict(verdict: str, row: SealedDocument | None, status: int = 200) -> ResponseReturnValue:
    about = None
    if row is not None:
        document = registry.documents[row.document]
        about = document.verified(document.load(row.subject_id))
    return render_template("sealing/verdict.html", verdict=verdict, row=row, about=about), status


@bp.get("/file")
@permit(Permission.PUBLIC)
def file() -> ResponseReturnValue:
    """A GET of the address to which files are posted, after a change of language or from a bookmark."""
    return redirect(url_for("verify.verify"))


@bp.post("/file")
@permit(Permission.PUBLIC)
def verify_file() -> ResponseReturnValue:
    """The file's hash decides: genuine, altered (it claims a code but is not that file), a draft, or unknown."""
    upload = request.files.get("file")
    data, name = (upload.read(MOST + 1), upload.filename or "") if upload else (b"", "")
    code = queries.code_of_hash(sha256(data).hexdigest())
    if code:
        return _verdict("genuine", _sealed(code))
    form = forms.CheckFileForm(formdata=None)
    with form.refusals(FINDINGS):
        if not name:
            raise RuleViolation("no_pdf", field="file")
        with unlocked():
            opened = open_upload(data, name, wanted="pdf")
        claimed = next(filter(None, map(_sealed, opened.seen.codes)), None)
        if claimed:
            return _verdict("altered", claimed)
        if opened.seen.format not in ("", "pdf"):
            raise RuleViolation("upload_kind", field="file", name=opened.name)
        opened.sound("file")
        return _verdict("draft" if opened.seen.draft else "unknown", None)
    return _page(forms.CodeForm(formdata=None), form, 422)
