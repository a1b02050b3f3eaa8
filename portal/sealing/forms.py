"""Forms of the page that checks documents."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import FileField

from portal.web.forms import Form, one_line


class CodeForm(Form):
    code = one_line(_l("Code on the document"), printed=False)


class CheckFileForm(Form):
    file = FileField(_l("The PDF"))
