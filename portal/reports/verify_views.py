"""Whether a PDF is the sealed one: by its code, by its QR code's address, or by the file itself."""

from __future__ import annotations

from hashlib import sha256

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.names import fold
from portal.policy import Permission
from portal.reports import forms, queries
from portal.web.pdf import find_code
from portal.web.permit import permit

bp = Blueprint("verify", __name__, url_prefix="/verify")


@bp.get("")
@permit(Permission.PUBLIC)
def verify() -> ResponseReturnValue:
    return _page(forms.CodeForm(formdata=None))


def _page(form: forms.CodeForm, status: int = 200, problem: str = "") -> ResponseReturnValue:
    return render_template("reports/verify.html", form=form, file=forms.CheckFileForm(), problem=problem), status


@bp.post("")
@permit(Permission.PUBLIC)
def verify_code() -> ResponseReturnValue:
    form = forms.CodeForm()
    if not form.validate():
        return _page(form, 422)
    return redirect(url_for("verify.result", code=tidy(form.code.data) or "unknown"))


def tidy(code: str) -> str:
    """The code as stored, however it was typed: small letters, dashes and blanks do not matter."""
    return "".join(char for char in fold(code).upper() if char.isascii() and char.isalnum())[:12]


@bp.get("/<code>")
@permit(Permission.PUBLIC)
def result(code: str) -> ResponseReturnValue:
    """Under this code a report was sealed, or not. Says only what the sealed page itself states."""
    found = queries.by_code(tidy(code))
    sealed = found is not None and found[0].sealed_at is not None
    verdict = "sealed" if sealed else "unknown"
    page = render_template(
        "reports/verdict.html", verdict=verdict, row=found[0] if found else None, exchange=found[1] if found else None
    )
    return page, 200 if sealed else 404


@bp.post("/file")
@permit(Permission.PUBLIC)
def verify_file() -> ResponseReturnValue:
    """The file's hash decides: genuine, altered (it claims a code but is not that file), or unknown."""
    upload = request.files.get("file")
    data = upload.read() if upload else b""
    if not data:
        return render_template(
            "reports/verify.html", form=forms.CodeForm(formdata=None), file=forms.CheckFileForm(), problem="empty"
        ), 422
    code = queries.code_of_hash(sha256(data).hexdigest())
    claimed = code or find_code(data)
    found = queries.by_code(claimed) if claimed else None
    known = found is not None and found[0].sealed_at is not None
    verdict = "genuine" if code else "altered" if known else "unknown"
    row, exchange = found if known and found else (None, None)
    return render_template("reports/verdict.html", verdict=verdict, row=row, exchange=exchange)
