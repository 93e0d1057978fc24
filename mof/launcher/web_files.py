"""Scripts and fonts by which the book and the slides need no network: fetched once from npm, checked, kept.

They are third-party code of 12 MB that nobody here edits, so they are not in the repository. Each package is
pinned by version and SHA-256: whatever mirror it comes from, it is the tested file or it is refused.
plotly's script is not among them: it comes with the plotly wheel (see book/_extensions/course_book.py).
Licences: NOTICE.
"""

import configparser
import hashlib
import http.client
import io
import shutil
import ssl
import tarfile
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from mof.launcher.problem import Problem
from mof.patient_files import replace

FOLDER = Path("cache") / "book-web"  # ignored by git; _config.yml names it
PUBLIC_REGISTRY = "https://registry.npmjs.org"
TIMEOUT_SECONDS = 120


@dataclass(frozen=True)
class WebPackage:
    """One npm package and the files of it that the book serves.

    Args:
        keep: pairs (path or folder inside the package, path in the book's folder of such files).
    """

    name: str
    version: str
    sha256: str
    keep: tuple[tuple[str, str], ...]

    @property
    def address(self) -> str:
        """Its address below a registry."""
        return f"{self.name}/-/{self.name.split('/')[-1]}-{self.version}.tgz"


WEB_PACKAGES = (
    WebPackage(
        "mathjax",
        "3.2.2",
        "1b9c0a1c44df864e915690558e72adb9cc5203360daefd385084ced3b6c64c09",
        (
            ("LICENSE", "mathjax/LICENSE"),
            ("es5/tex-mml-chtml.js", "mathjax/es5/tex-mml-chtml.js"),
            ("es5/input/tex/extensions", "mathjax/es5/input/tex/extensions"),
            ("es5/output/chtml/fonts", "mathjax/es5/output/chtml/fonts"),
            ("es5/a11y", "mathjax/es5/a11y"),
            ("es5/sre/mathmaps/base.json", "mathjax/es5/sre/mathmaps/base.json"),
            ("es5/sre/mathmaps/en.json", "mathjax/es5/sre/mathmaps/en.json"),
        ),
    ),
    WebPackage(
        "@jupyter-widgets/html-manager",
        "1.0.15",
        "2b9d65cb7913e1c7d671757a10008b32c9c2448d4429513371e55c07d6107638",
        (
            # the script looks for its fonts below an address of this form
            ("dist/embed-amd.js", "widgets/@jupyter-widgets/html-manager/dist/embed-amd.js"),
            ("dist/*.woff2", "widgets/@jupyter-widgets/html-manager/dist"),
            ("dist/embed.js.LICENSE.txt", "widgets/LICENSES-OF-PARTS.txt"),
        ),
    ),
    WebPackage(
        "requirejs",
        "2.3.8",
        "777158e89275e16bd51aec3ef714fbcb5dc45789e7078659933bc814916d7dec",
        (("require.js", "widgets/require.js"),),
    ),
    WebPackage(
        "reveal.js",
        "5.2.1",
        "359b575dd51bbda32f89b2fd4c7dc46ad7389a805572158916c29252f7a27333",
        (
            ("LICENSE", "reveal/LICENSE"),
            ("dist/reveal.js", "reveal/reveal.js"),
            ("dist/reveal.css", "reveal/reveal.css"),
            ("dist/reset.css", "reveal/reset.css"),
            ("plugin/notes/notes.js", "reveal/notes.js"),
        ),
    ),
)

Fetch = Callable[[str], bytes]


def ensure_web_files(
    root: Path, variables: Mapping[str, str], certificates: Path | None = None, fetch: Fetch | None = None
) -> Path:
    """Makes `cache/book-web` hold the files; returns it at once if it does.

    Args:
        root: the project's folder.
        variables: the environment: npm_config_registry names a mirror; proxies are heard too.
        certificates: a file of certificates to trust besides the system's.
        fetch: address -> content, in place of the network.

    Raises:
        Problem: no network, or a mirror that sent something else.
    """
    folder = root / FOLDER
    stamp = "\n".join(f"{p.address} {p.sha256} {p.keep}" for p in WEB_PACKAGES)
    if (folder / ".stamp").is_file() and (folder / ".stamp").read_text(encoding="utf-8") == stamp:
        return folder
    registry = find_registry(variables, Path.home())
    fetch = fetch or (lambda address: download(address, variables, certificates))
    partial = folder.with_name(folder.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    for package in WEB_PACKAGES:
        print(f"  fetching {package.name} {package.version} for the book", flush=True)
        content = fetch(f"{registry}/{package.address}")
        found = hashlib.sha256(content).hexdigest()
        if found != package.sha256:
            raise Problem(
                f"{package.name} {package.version} from {without_password(registry)} is not the tested file: "
                f"its SHA-256 is {found}, expected {package.sha256}.",
                "Use another npm registry: set npm_config_registry to its address and run the command again.",
            )
        unpack(content, package, partial)
    (partial / ".stamp").write_text(stamp, encoding="utf-8")
    shutil.rmtree(folder, ignore_errors=True)
    replace(partial, folder)
    return folder


def find_registry(variables: Mapping[str, str], home: Path) -> str:
    """The npm registry, without a slash at its end: npm_config_registry, ~/.npmrc, or the public one."""
    lowered = {name.lower(): value for name, value in variables.items() if value}
    own = lowered.get("npm_config_registry")
    if not own:
        parser = configparser.RawConfigParser(strict=False)
        try:
            text = Path(lowered.get("npm_config_userconfig", home / ".npmrc")).read_text(encoding="utf-8")
            parser.read_string("[npm]\n" + text)
            own = parser.get("npm", "registry", fallback="")
        except (OSError, UnicodeDecodeError, configparser.Error):
            own = ""
    return (own.strip().strip("\"'") or PUBLIC_REGISTRY).rstrip("/")


def download(address: str, variables: Mapping[str, str], certificates: Path | None) -> bytes:
    """What lies at an address, with the reader's proxies and certificates.

    Raises:
        Problem: it cannot be fetched, or the certificates cannot be read.
    """
    context = ssl.create_default_context()
    for file in (variables.get("SSL_CERT_FILE"), variables.get("NODE_EXTRA_CA_CERTS"), certificates):
        if file and Path(file).is_file():
            try:
                context.load_verify_locations(file)
            except OSError as error:  # an SSLError is one
                raise Problem(
                    f"{file} holds no certificates that can be read: {error}",
                    "SSL_CERT_FILE, NODE_EXTRA_CA_CERTS or pip's setting `cert` names it: put a file of "
                    "certificates in PEM form there, or take the setting away, and run the command again.",
                ) from None
    proxies = urllib.request.getproxies()
    for scheme in ("http", "https"):
        name = f"{scheme}_proxy"
        if value := variables.get(name) or variables.get(name.upper()):
            proxies[scheme] = value
    opener = urllib.request.build_opener(
        urllib.request.ProxyHandler(proxies), urllib.request.HTTPSHandler(context=context)
    )
    try:
        with opener.open(address, timeout=TIMEOUT_SECONDS) as answer:
            return answer.read()
    # URLError, timeouts and TLS failures are OSErrors; an answer that breaks off is an HTTPException
    except (OSError, ValueError, http.client.HTTPException) as error:
        reason = getattr(error, "reason", None) or error
        raise Problem(
            f"The book's scripts and fonts could not be fetched from {without_password(address)}: {reason}",
            "They are fetched once (12 MB), then the book is built without a network. Connect, or set "
            "npm_config_registry to an npm registry that you can reach, and run the command again.",
        ) from None


def unpack(content: bytes, package: WebPackage, target: Path) -> None:
    """Writes the kept files of a package's archive below `target`.

    Raises:
        Problem: a kept path is not in the archive.
    """
    written = set()
    with tarfile.open(fileobj=io.BytesIO(content), mode="r:gz") as archive:
        for member in archive:
            inner = PurePosixPath(*PurePosixPath(member.name).parts[1:])  # below "package/"
            for kept, place in package.keep:
                path = destination(inner, kept, place)
                if member.isfile() and path and ".." not in inner.parts:
                    (target / path).parent.mkdir(parents=True, exist_ok=True)
                    (target / path).write_bytes(archive.extractfile(member).read())
                    written.add(kept)
    if missing := {kept for kept, _ in package.keep} - written:
        raise Problem(
            f"{package.name} {package.version} lacks {', '.join(sorted(missing))}.",
            "Please report it: the list in mof/launcher/web_files.py is wrong.",
        )


def destination(inner: PurePosixPath, kept: str, place: str) -> PurePosixPath | None:
    """Where a file of the archive goes, if `kept` means it: a file, a folder, or FOLDER/*.SUFFIX."""
    if inner == PurePosixPath(kept):
        return PurePosixPath(place)
    if "*" in kept:
        return PurePosixPath(place) / inner.name if inner.match(kept) else None
    if inner.is_relative_to(kept):
        return PurePosixPath(place) / inner.relative_to(kept)
    return None


def without_password(address: str) -> str:
    scheme, separator, rest = address.partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme}{separator}{host.rpartition('@')[2]}{slash}{path}"
