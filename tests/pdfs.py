"""PDF files made for tests, with metadata in every place where real ones have it."""

from __future__ import annotations

import zlib

XMP = """<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF
  xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
  xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
  xmlns:prism="http://prismstandard.org/namespaces/basic/2.0/">
  <rdf:Description rdf:about=""{attributes}>{properties}</rdf:Description>
</rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>"""


def literal(text: str) -> bytes:
    """Write a text as a PDF string."""
    raw = text.encode("ascii") if text.isascii() else b"\xfe\xff" + text.encode("utf-16-be")
    for mark in (b"\\", b"(", b")"):
        raw = raw.replace(mark, b"\\" + mark)
    return b"(" + raw + b")"


def pdf(
    info: dict[str, str] | None = None,
    *,
    xmp: str | None = None,
    packed: bool = False,
    trailer: bytes = b"",
    raw_info: bytes | None = None,
) -> bytes:
    """Make a file.

    Args:
        info: The Info dictionary.
        xmp: The metadata stream of the catalog; None for none.
        packed: Whether the dictionaries stand in an object stream, as in most files of today.
        trailer: Further entries of the trailer, such as ``/Encrypt 9 0 R``.
        raw_info: The Info dictionary as it is written.
    """
    said = b" ".join(
        b"/%s %s" % (key.encode(), literal(text)) for key, text in (info or {}).items()
    )
    catalog = b"<</Type/Catalog/Pages 2 0 R" + (b"/Metadata 4 0 R>>" if xmp else b">>")
    objects = {
        1: catalog,
        2: b"<</Type/Pages/Kids[]/Count 0>>",
        5: raw_info or b"<<" + said + b">>",
    }
    parts = [b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"]
    if packed:
        index, bodies = b"", b""
        for number, body in objects.items():
            index += b"%d %d " % (number, len(bodies))
            bodies += body + b" "
        data = zlib.compress(index + bodies)
        head = b"/Type/ObjStm/N %d/First %d/Length %d/Filter/FlateDecode"
        head %= (len(objects), len(index), len(data))
        parts.append(b"7 0 obj\n<<" + head + b">>stream\n" + data + b"\nendstream\nendobj\n")
    else:
        parts += [b"%d 0 obj\n%s\nendobj\n" % one for one in objects.items()]
    if xmp:
        data = xmp.encode()
        head = b"4 0 obj\n<</Type/Metadata/Subtype/XML/Length %d>>\nstream\n" % len(data)
        parts.append(head + data + b"\nendstream\nendobj\n")
    parts.append(
        b"trailer\n<</Size 9/Root 1 0 R/Info 5 0 R" + trailer + b">>\nstartxref\n0\n%%EOF\n"
    )
    return b"".join(parts)
