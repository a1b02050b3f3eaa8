"""The child process that renders PDFs: `python -m portal.web.renderer`. Jobs come by stdin, answers go to stdout.

It is kept running because importing WeasyPrint takes 0.4 s, has resource limits of its own, and can load only `data:`
addresses: no files, no network.
"""

from __future__ import annotations

import base64
import gc
import io
import resource
import sys
from pathlib import Path

import pikepdf
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher

from portal.web.frames import BAD, GOOD, GOOD_AND_LAST, READY, read_frame, write_frame

STATIC = Path(__file__).resolve().parent.parent / "static"
WEIGHTS = {400: "Inter-Regular.ttf", 600: "Inter-SemiBold.ttf", 700: "Inter-Bold.ttf"}
# for the scripts that Inter does not have; report.css names them behind it
OTHERS = ("Plex Arabic", "Noto Armenian", "Noto Georgian", "Noto Hebrew")
RETURN_AT_THE_END = b"\r\nendstream"
# PDF/A requires an extension schema for XMP properties of other standards; this is that of pdfuaid:part
EXTENSION = """
<rdf:Description rdf:about="" xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/" xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"
 xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#"><pdfaExtension:schemas><rdf:Bag>
<rdf:li rdf:parseType="Resource"><pdfaSchema:schema>PDF/UA Universal Accessibility Schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix><pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>Indicates, which part of ISO 14289 standard is followed</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>
<rdf:Description rdf:about="" xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/"><pdfuaid:part>1</pdfuaid:part></rdf:Description>
"""


class Renderer:
    """One font configuration and one parsed stylesheet for all jobs."""

    def __init__(self) -> None:
        self.fetcher = URLFetcher(allowed_protocols={"data"})
        self.fonts = FontConfiguration()
        faces = "".join(self._face("Inter", name, weight) for weight, name in WEIGHTS.items())
        faces += "".join(self._face(name, f"{name.replace(' ', '-')}.ttf") for name in OTHERS)
        style = faces + (STATIC / "report.css").read_text("utf-8")
        self.style = CSS(string=style, font_config=self.fonts, url_fetcher=self.fetcher)

    @staticmethod
    def _face(family: str, name: str, weight: int = 400) -> str:
        # one complete file for each weight, because WeasyPrint prints wrong letters with unicode-range
        font = base64.b64encode((STATIC / "fonts" / name).read_bytes()).decode()
        source = f'url("data:font/ttf;base64,{font}")'
        return f'@font-face{{font-family:"{family}";font-weight:{weight};src:{source}}}\n'

    def render(self, html: str) -> bytes:
        """A PDF that is PDF/A-3a and PDF/UA-1. Garbage collection is off meanwhile, which saves a tenth of the time."""
        gc.disable()
        try:
            document = HTML(string=html, url_fetcher=self.fetcher)
            made = document.write_pdf(
                stylesheets=[self.style], font_config=self.fonts, pdf_variant="pdf/a-3a", pdf_tags=True
            )
            return both_standards(made)
        finally:
            gc.enable()
            gc.collect()


def both_standards(made: bytes) -> bytes:
    """Declares PDF/UA-1 beside PDF/A-3a, with the extension schema that PDF/A requires for it."""
    with pikepdf.open(io.BytesIO(made)) as pdf:
        metadata = bytes(pdf.Root.Metadata.read_bytes())
        declared = metadata.replace(b"</rdf:RDF>", EXTENSION.encode() + b"</rdf:RDF>", 1)
        pdf.Root.Metadata = pdf.make_stream(declared, Type=pikepdf.Name.Metadata, Subtype=pikepdf.Name.XML)
        pdf.Root.ViewerPreferences = pikepdf.Dictionary(DisplayDocTitle=True)
        return finished(pdf)


def finished(pdf: pikepdf.Pdf) -> bytes:
    """The file's bytes. A stream whose packed bytes end in a carriage return reads as one byte too short to those who
    check PDF/A, for a line feed follows it: such a stream, one in 256, is stored unpacked."""
    data = _saved(pdf, pack=True)
    if RETURN_AT_THE_END not in data:
        return data
    for item in pdf.objects:
        if isinstance(item, pikepdf.Stream) and item.read_raw_bytes().endswith(b"\r"):
            item.write(item.read_bytes())
    return _saved(pdf, pack=False)


def _saved(pdf: pikepdf.Pdf, pack: bool) -> bytes:
    """The file's bytes; without `pack` no further stream is compressed."""
    out = io.BytesIO()
    objects = pikepdf.ObjectStreamMode.generate
    pdf.save(out, deterministic_id=True, object_stream_mode=objects, compress_streams=pack)
    return out.getvalue()


def limit(memory: int) -> None:
    """Limits this process's memory (bytes), so that a bad job kills it and not the portal."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def allow_seconds(more: int) -> None:
    used = resource.getrusage(resource.RUSAGE_SELF)
    limit_at = int(used.ru_utime + used.ru_stime) + more
    resource.setrlimit(resource.RLIMIT_CPU, (limit_at, resource.RLIM_INFINITY))


def answer_to(job: bytes, renderer: Renderer, grown: int) -> bytes:
    """The answer to the parent: the PDF, or the error. Above `grown` bytes of memory it also asks to be replaced."""
    seconds, _line, html = job.partition(b"\n")
    allow_seconds(int(seconds))
    try:
        made = renderer.render(html.decode("utf-8"))
    except (Exception, RecursionError) as error:
        return BAD + f"{type(error).__name__}: {error}"[:500].encode("utf-8", "replace")
    return (GOOD_AND_LAST if resident() > grown else GOOD) + made


def resident() -> int:
    """The present memory of this process in bytes; 0 where unknown. (`ru_maxrss` would include the parent's.)"""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except OSError:
        return 0
    return pages * resource.getpagesize()


def main() -> None:
    """Serves jobs until its input ends."""
    memory, grown = int(sys.argv[1]), int(sys.argv[2])
    limit(memory)
    renderer = Renderer()
    write_frame(sys.stdout.buffer, READY)
    while (job := read_frame(sys.stdin.buffer)) is not None:
        write_frame(sys.stdout.buffer, answer_to(job, renderer, grown))


if __name__ == "__main__":
    main()
