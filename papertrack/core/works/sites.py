"""The addresses of works, site by site: which forms of address mean one work, and what names it.

Left out on purpose is what may name a supplement, an author, a collection or a front page: two
works under one name are worse than one work under two. arXiv, and those who show its papers under
their number, are in `papertrack.core.arxiv.ids`.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import parse_qsl, unquote

if TYPE_CHECKING:
    from collections.abc import Iterator

# A site is its hosts ("*" stands for anything), the name that its works have, and the forms of
# address that mean such a work, a line each. A form is a regular expression for the whole path;
# behind " ?" stand parameters that there must be (none, where nothing stands there), behind " #" a
# fragment; other parameters and fragments do not matter. Words in braces stand for `_PARTS`. A name
# is a DOI wherever one follows from the address, else the one address that stands for all others.
_TABLE = r"""
# Resolvers of DOIs; a handle under 10 is a DOI (DOI Handbook 2.2).
doi.org dx.doi.org doi.acm.org dx.plos.org hdl.handle.net
  = doi:{deepdoi}
  /(?:doi:)?{deepdoi}
api.crossref.org
  = doi:{deepdoi}
  /works/{deepdoi}

# Publishers whose addresses hold the DOI; most run Atypon's software, with a view before it.
dl.acm.org science.org pnas.org tandfonline.com onlinelibrary.wiley.com *.onlinelibrary.wiley.com
journals.sagepub.com pubs.acs.org annualreviews.org nejm.org royalsocietypublishing.org
pubsonline.informs.org epubs.siam.org worldscientific.com liebertpub.com ascopubs.org
journals.uchicago.edu journals.asm.org ahajournals.org ascelibrary.org pubs.aip.org physiology.org
journals.physiology.org emerald.com degruyter.com techrxiv.org zenodo.org link.aps.org
  = doi:{deepdoi}
  /(?:wol1/)?doi/(?:{view}/)?{deepdoi}(?:/{view})?
  /content/journals/{deepdoi}
  /pdf/{deepdoi}
  /insight/content/doi/{deepdoi}/full(?:/html|/pdf)?
  /document/doi/{deepdoi}(?:/html|/pdf)?
science.sciencemag.org
  = doi:{deepdoi}
  /lookup/doi/{deepdoi}
dl.acm.org
  = doi:10.1145/{page}
  /citation\.cfm ?doid={page}
link.springer.com rd.springer.com springer.com
  = doi:{doi}
  /(?:article|book|chapter|epdf|protocol|referenceworkentry)/{doi}(?:\.pdf|/fulltext\.html)?
  /(?:content/pdf/)?{doi}(?:\.pdf)?
*.biomedcentral.com *.springeropen.com
  = doi:{doi}
  /(?:articles|track/pdf|counter/pdf|content/pdf)/{doi}(?:\.pdf)?
frontiersin.org
  = doi:{doi}
  /(?:journals/[^/]+/)?articles/{doi}(?:/{view})?
iopscience.iop.org
  = doi:{deepdoi}
  /article/{deepdoi}(?:/{view})?
journals.aps.org
  = doi:{doi}
  /\w+/(?:abstract|pdf)/{doi}
# A supplement has ".s001" behind the article's DOI.
journals.plos.org
  = doi:{doi}
  /\w+/article(?:/file)? ?id=(?:info:doi/)?(?P<doi>10\.1371/journal\.\w+\.\d+)

# Publishers whose number of an article is the end of its DOI. Humanities and Social Sciences
# Communications kept the prefix of its former publisher.
nature.com
  = doi:10.1057/{page}
  /articles/(?P<page>(?:s41599-|palcomms)[\w.-]+?)(?:_reference)?(?:\.e?pdf)?
nature.com
  = doi:10.1038/{page}
  /articles/(?P<page>[\w.-]*\d[\w.-]*?)(?:_reference)?(?:\.e?pdf)?
nature.com
  = doi:{doi}
  /(?:articles/(?:doi:)?|doifinder/){doi}
elifesciences.org
  = doi:10.7554/elife.{number}
  /(?:articles|reviewed-preprints)/{number}(?:v\d+)?(?:\.pdf)?

# Preprints; versions and views are one work. bioRxiv's older addresses have the number alone.
biorxiv.org medrxiv.org api.biorxiv.org api.medrxiv.org
  = doi:{doi}
  /(?:content|details/\w+)/(?:early/\d+/\d+/\d+/)?{doi}(?:v\d+)?{rxivview}?
biorxiv.org medrxiv.org
  = doi:10.1101/{page}
  /content/(?:\w+rxiv/)?early/\d+/\d+/\d+/{oldrxiv}(?:v\d+)?{rxivview}?
  /cgi/content/\w+/{oldrxiv}(?:v\d+)?
researchsquare.com
  = doi:10.21203/rs.3.rs-{number}
  /article/rs-{number}(?:/(?:v\d+|latest))?(?:\.pdf)?
preprints.org
  = doi:10.20944/preprints{page}
  /manuscript/(?P<page>\d{6}\.\d{4})(?:/v\d+)?(?:/download)?
osf.io
  = url:osf.io/{osf}
  /preprints/\w+/{osf}(?:_v\d+)?
  /{osf}(?:_v\d+)?
psyarxiv.com
  = url:osf.io/{osf}
  /(?=\w*\d){osf}(?:_v\d+)?
zenodo.org
  = doi:10.5281/zenodo.{number}
  /(?:api/)?records?/{number}
figshare.com
  = doi:10.6084/m9.figshare.{number}
  /articles/(?:[^/]+/)?[^/]+/{number}(?:/\d+)?
# An author's number is no paper's.
ssrn.com papers.ssrn.com
  = doi:10.2139/ssrn.{number}
  /abstract(?:_?id)?[=/]{number}
  /(?i:sol3/papers\.cfm) ?abstract_?id={number}
  /(?i:sol3/delivery\.cfm)(?:/[^/]+)? ?abstract_?id={number}
eprint.iacr.org ia.cr
  = url:eprint.iacr.org/{year}/{number}
  /{year}/{number}(?:\.pdf)?

# Publishers whose addresses say no DOI.
ieeexplore.ieee.org
  = url:ieeexplore.ieee.org/document/{number}
  /(?:abstract/)?document/{number}
  /(?:stamp/stamp|stampPDF/getPDF)\.jsp ?arnumber={number}
  /xpls?/(?:articleDetails|abs_all|freeabs_all)\.jsp ?arnumber={number}
sciencedirect.com linkinghub.elsevier.com
  = url:sciencedirect.com/science/article/pii/{pii}
  /science/article/(?:abs/)?pii/{pii}(?:/pdf(?:ft)?)?
  /retrieve/pii/{pii}

# Proceedings. The ACL's old numbers begin with a capital letter; supplements are attachments.
aclanthology.org aclweb.org aclanthology.info aclanthology.coli.uni-saarland.de
  = url:aclanthology.org/{acl}
  /(?:anthology/)?(?:papers/)?(?:[A-Z]/[A-Z]\d\d/)?{acl}(?:v\d+)?(?:\.(?:pdf|bib|xml|endf|mods))?
  /papers/{acl}/[a-z]\d\d-\d+
# A note on OpenReview is read as its paper: its address is what the site copies.
openreview.net api.openreview.net api2.openreview.net
  = url:openreview.net/forum?id={forum}
  /(?:forum|pdf) ?id={forum}
  /attachment ?id={forum}&name=pdf
proceedings.mlr.press
  = url:proceedings.mlr.press/{volume}/{key}
  /{volume}/{key}(?:\.html|/(?P=key)\.pdf)?
raw.githubusercontent.com
  = url:proceedings.mlr.press/{volume}/{key}
  /mlresearch/{volume}/main/assets/{key}/(?P=key)\.pdf
jmlr.org
  = url:proceedings.mlr.press/{volume}/{key}
  /proceedings/papers/{volume}/{key}(?:\.html|/(?P=key)\.pdf)?
jmlr.org jmlr.csail.mit.edu
  = url:jmlr.org/papers/v{number}/{key}
  /papers/v(?:olume)?{number}/{key}(?:\.html|/(?P=key)\.pdf)?
proceedings.neurips.cc papers.nips.cc papers.neurips.cc
  = url:proceedings.neurips.cc/paper/{year}/hash/{hash}-Abstract
  /(?:paper_files/)?paper/{year}/(?:hash|file)/{hash}-(?:Abstract|Paper)(?:-[\w-]+)?(?:\.html|\.pdf)?
openaccess.thecvf.com
  = url:openaccess.thecvf.com/content/{page}_paper
  /content[^/]*/(?:[^/]+/)*{page}_paper(?:\.html|\.pdf)?
ijcai.org
  = doi:10.24963/ijcai.{year}/{number}
  /proceedings/{year}/0*{number}(?:\.pdf)?
ojs.aaai.org
  = url:ojs.aaai.org/index.php/{key}/article/view/{number}
  /index\.php/{key}/article/(?:view|download)/{number}(?:/\d+)?

# Catalogues. PubMed's numbers and PMC's have nothing to do with each other.
pubmed.ncbi.nlm.nih.gov pubmed.gov
  = url:pubmed.ncbi.nlm.nih.gov/{number}
  /{number}
ncbi.nlm.nih.gov europepmc.org
  = url:pubmed.ncbi.nlm.nih.gov/{number}
  /(?:m/)?pubmed/{number}
  /(?i:(?:article|abstract)/med)/{number}
pmc.ncbi.nlm.nih.gov ncbi.nlm.nih.gov europepmc.org
  = url:pmc.ncbi.nlm.nih.gov/articles/PMC{number}
  /(?:labs/)?(?:pmc/)?articles?/(?:PMC/)?(?i:pmc){number}(?:/pdf(?:/[^/]*)?)?
semanticscholar.org
  = url:semanticscholar.org/paper/{page}
  /paper/(?:[^/]+/)?(?P<page>[0-9a-f]{40})
ui.adsabs.harvard.edu
  = arxiv:{month}.{number}
  /abs/\d{4}arXiv{month}(?P<number>\d{5})\w(?:/.*)?
dblp.org
  = arxiv:{month}.{number}
  /rec/journals/corr/abs-{month}-{number}(?:\.html)?
arxiv-sanity-lite.com
  = arxiv:{page}
  /? ?pid={page}

# LessWrong and the Alignment Forum share posts and comments; the EA Forum runs the same software
# with ids of its own. A comment (a "quick take" is one) is no post.
lesswrong.com lesserwrong.com alignmentforum.org greaterwrong.com lw2.issarice.com
  = forum:lw/{post}/{comment}
  {forumpost} ?commentId={comment}
  {forumpost} #(?:comment-)?(?=\w*\d){comment}
  {forumpost}/comment/{comment}
lesswrong.com lesserwrong.com alignmentforum.org greaterwrong.com lw2.issarice.com
  = forum:lw/{post}
  {forumpost}
forum.effectivealtruism.org forum-bots.effectivealtruism.org ea.greaterwrong.com ea.issarice.com
  = forum:ea/{post}/{comment}
  {forumpost} ?commentId={comment}
  {forumpost} #(?:comment-)?(?=\w*\d){comment}
  {forumpost}/comment/{comment}
forum.effectivealtruism.org forum-bots.effectivealtruism.org ea.greaterwrong.com ea.issarice.com
  = forum:ea/{post}
  {forumpost}

# Videos
youtube.com music.youtube.com gaming.youtube.com youtube-nocookie.com
yewtu.be piped.video invidious.*
  = url:youtube.com/watch?v={video}
  /watch ?v={video}
  /(?:shorts|live|embed|v|e|watch)/{video}
youtu.be
  = url:youtube.com/watch?v={video}
  /{video}
vimeo.com player.vimeo.com
  = url:vimeo.com/{number}
  /(?:video/|channels/[^/]+/)?{number}

# A post on X has one number, whoever's name stands before it; readers and menders of previews keep
# the path, and the first post of a thread names it.
x.com twitter.com mobile.x.com mobile.twitter.com xcancel.com nitter.*
fxtwitter.com *.fxtwitter.com vxtwitter.com twittpr.com fixupx.com fixvx.com
  = url:x.com/i/status/{number}
  {status}
x.com twitter.com
  = url:x.com/i/status/{number}
  /? #!{status}
platform.twitter.com
  = url:x.com/i/status/{number}
  /embed/Tweet\.html ?id={number}
threadreaderapp.com
  = url:x.com/i/status/{number}
  /thread/{number}(?:\.html)?

# Reddit; a step more than the slug names a comment.
reddit.com *.reddit.com teddit.net libreddit.* redlib.*
  = url:reddit.com/comments/{thing}
  /(?:(?:r|u|user)/[\w-]+/)?comments/{thing}(?:/[^/]*)?
  /gallery/{thing}
reddit.com *.reddit.com teddit.net libreddit.* redlib.*
  = url:reddit.com/comments/{thing}/_/{reply}
  /(?:(?:r|u|user)/[\w-]+/)?comments/{thing}/[^/]*/{reply}
redd.it
  = url:reddit.com/comments/{thing}
  /{thing}

# Substack under its own name; whose domain is whose only the page says.
*.substack.com
  = url:{host}/p/{page}
  /p/{page}
open.substack.com
  = url:{user}.substack.com/p/{page}
  /pub/{user}/p/{page}
substack.com
  = url:substack.com/home/post/p-{number}
  /(?:home/post|@[\w-]+)/p-{number}
medium.com *.medium.com scribe.rip
  = url:medium.com/p/{hex}
  /(?:[^/]+/)?(?:[^/]*-)?{hex}

# Questions and answers share their numbers.
stackoverflow.com *.stackexchange.com mathoverflow.net superuser.com serverfault.com askubuntu.com
  = url:{host}/q/{number}
  /questions/{number}(?:/[^/]*)?
  /q/{number}(?:/\d+)?
stackoverflow.com *.stackexchange.com mathoverflow.net superuser.com serverfault.com askubuntu.com
  = url:{host}/a/{number}
  /questions/\d+/[^/]*/{number}
  /a/{number}(?:/\d+)?
# Discourse: the first post is the thread, later ones are answers.
discourse.* discuss.* users.rust-lang.org internals.rust-lang.org
  = url:{host}/t/{number}
  /t/{number}
  /t/(?=[^/]*[^/\d])[^/]+/{number}(?:/1)?
*.m.wikipedia.org
  = url:{star}.wikipedia.org/wiki/{page}
  /wiki/{page} ?

# GitHub reads names of owners and repositories without regard to case, and leads from the address
# that git clones to the page, and from the number of an issue to the change of that number.
github.com
  = url:github.com/{owner}/{repo}
  /{owner}/{repo}(?:\.git)?(?:/tree/(?:main|master|HEAD))?
github.com
  = url:github.com/{owner}/{repo}/issues/{number}
  /{owner}/{repo}/(?:issues|pull)/{number}(?:/(?:files|commits|checks))?
github.com
  = url:github.com/{owner}/{repo}/{page}
  /{owner}/{repo}/(?P<page>releases/tag/[^/]+|discussions/\d+)
hf.co
  = url:huggingface.co/{path}
  /{path}(?:/tree/main)? ?
huggingface.co
  = url:huggingface.co/{path}
  /{path}/tree/main ?

# What leads to another address and to nothing else.
google.com
  = {address}
  /url ?url={address}
  /url ?q={address}
"""

# Words of the table as regular expressions; what they stand for is to be found in the name.
_PARTS = {
    "acl": r"\d{4}\.[a-z0-9_]+-[a-z0-9_]+\.\d+|[A-Za-z]\d\d-\d{4,5}",
    "address": r"https?://.+",
    "comment": r"[A-Za-z0-9]{17}",
    "deepdoi": r"10\.\d{4,9}/.+?",
    "doi": r"10\.\d{4,9}/[^/]+?",  # of publishers whose DOIs have one slash
    "forum": r"[\w-]+",  # OpenReview's ids differ in case
    "hash": r"[0-9a-f]{32}",
    "hex": r"[0-9a-f]{10,12}",
    "key": r"[\w-]+",
    "month": r"\d{4}",
    "number": r"\d+",
    "osf": r"[2-9a-hjkmnp-z]{5}",
    "owner": r"(?!(?:apps|collections|events|explore|features|login|marketplace|orgs|search"
    r"|settings|sponsors|stars|topics|trending|users)/)[\w-]+",
    "page": r"[^/]+",
    "path": r".+?",
    "pii": r"[A-Z]?\d[\dX]{14,16}",
    "reply": r"\w+",
    "repo": r"[\w.-]+?",
    "thing": r"\w+",  # a post on Reddit
    "user": r"[\w-]+",
    "video": r"(?!videoseries|live_stream)[\w-]{11}",  # those two are a list's and a channel's
    "volume": r"[vr]\d+",
    "year": r"\d{4}",
}
# The same, but for what is in them: no part of a name.
_PHRASES = {
    "forumpost": r"/(?:posts|events|p|[a-z]/[^/]+/p)/(?P<post>[A-Za-z0-9]{17})(?:/[^/]*)?",
    "oldrxiv": r"(?P<page>(?:20(?:1\d|2[0-4])\.\d\d\.\d\d\.)?\d{6,8})",
    "rxivview": r"(?:\.(?:full|abstract|short|article-info|article-metrics))?(?:-text)?"
    r"(?:\.pdf|\.html)?(?:\+html)?",
    "status": r"/(?:i/web|\w+)/status(?:es)?/(?P<number>\d+)(?:/(?:photo|video)/\d|/[a-z]{2})?",
    "view": r"abs|abstract|ampdf|book|e?pdf|epub|full|fullHtml|full-xml|html|meta|pdfdirect|pdfplus"
    r"|proceedings|reader|summary",
}
# Read by their sites without regard to case.
SMALL = frozenset({"user", "owner", "repo", "thing", "reply"})


class AddressForm(NamedTuple):
    """One form of address, and the name that it gives."""

    name: str
    path: re.Pattern[str]
    query: tuple[tuple[re.Pattern[str], re.Pattern[str]], ...] | None
    fragment: re.Pattern[str] | None

    @property
    def names_a_part(self) -> bool:
        """Whether the fragment says what is meant; the page alone is another work."""
        return self.fragment is not None


def forms_of(canonical: str, url: str) -> Iterator[tuple[AddressForm, dict[str, str]]]:
    """Find the forms that an address has, with its parts, best first.

    Args:
        canonical: The address as `papertrack.core.works.identity.canonical_url` writes it.
        url: As it came.
    """
    host = _HOST_END.split(canonical, maxsplit=1)[0]
    if not (forms := _forms_at(host)):
        return
    page, is_more_than_page, fragment = canonical[len(host) :].partition("#")
    path, _, query = page.partition("?")
    path, pairs = unquote(path), parse_qsl(query, keep_blank_values=True) if query else []
    fragment = fragment or url.partition("#")[2].strip()
    for form in forms:
        found = form.path.fullmatch(path)
        if found is None or (is_more_than_page and form.fragment is None):
            continue
        parts = _parts_of_query(form, pairs)
        named = form.fragment.fullmatch(fragment) if form.fragment else None
        if parts is None or (form.fragment and named is None):
            continue
        star, _, _ = host.partition(".")
        yield (
            form,
            {
                "host": host,
                "star": star,
                **found.groupdict(),
                **parts,
                **(named.groupdict() if named else {}),
            },
        )


def _parts_of_query(form: AddressForm, pairs: list[tuple[str, str]]) -> dict[str, str] | None:
    """Read what a form takes from the parameters; None when one is missing, or is one too many."""
    if form.query == () and pairs:
        return None
    parts: dict[str, str] = {}
    for name, value in form.query or ():
        given = (value.fullmatch(text) for key, text in pairs if name.fullmatch(key))
        if (fitting := next(filter(None, given), None)) is None:
            return None
        parts |= fitting.groupdict()
    return parts


_HOST_END = re.compile(r"[/?#]")


@lru_cache(maxsize=1024)  # also of hosts that are not in the table: nearly all
def _forms_at(host: str) -> tuple[AddressForm, ...]:
    """List the forms of a host, compiled when it is first met, in the order of the table."""
    labels = host.split(".")
    keys = (host, *(f"*.{'.'.join(labels[at:])}" for at in range(1, len(labels))), f"{labels[0]}.*")
    return tuple(
        _read_form(name, form) for key in keys for name, form in _forms_by_host().get(key, ())
    )


@cache
def _forms_by_host() -> dict[str, list[tuple[str, str]]]:
    forms: dict[str, list[tuple[str, str]]] = {}
    hosts: list[str] = []
    name = ""
    for line in _TABLE.splitlines():
        if line.startswith("  = "):
            name = line.removeprefix("  = ")
        elif line.startswith("  "):
            for host in hosts:
                forms.setdefault(host, []).append((name, line.strip(" ")))
        elif line and not line.startswith("#"):
            hosts = [*hosts, *line.split()] if not name else line.split()
            name = ""
    return forms


def _read_form(name: str, form: str) -> AddressForm:
    rest, has_fragment, fragment = form.partition(" #")
    path, has_query, query = rest.partition(" ?")
    pairs = (parameter.split("=", 1) for parameter in query.split("&") if parameter)
    wanted = tuple(
        (re.compile(key, re.IGNORECASE), re.compile(_with_parts(value))) for key, value in pairs
    )
    return AddressForm(
        name,
        re.compile(_with_parts(path)),
        wanted if has_query else None,
        re.compile(_with_parts(fragment)) if has_fragment else None,
    )


def _with_parts(form: str) -> str:
    return re.sub(r"\{([a-z]+)\}", lambda word: _part(word[1]), form)


def _part(word: str) -> str:
    phrase = _PHRASES.get(word)
    return f"(?P<{word}>{_PARTS[word]})" if phrase is None else f"(?:{phrase})"
