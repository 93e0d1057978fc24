"""The reader's own package index, proxy and certificate, handed on to uv.

pip reads its settings from files and from PIP_* variables; uv reads neither. A reader behind a mirror or a
proxy has usually told pip alone, so what pip knows is translated into uv's variables, unless uv has been
given an index of its own. No index is ever named here.
"""

import configparser
import locale
import os
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path

# pip's option -> uv's variable, and how uv separates several values
LISTS = {
    "extra-index-url": ("UV_INDEX", " "),
    "find-links": ("UV_FIND_LINKS", ","),
    "trusted-host": ("UV_INSECURE_HOST", " "),
}
# pip's options that its own variables repeat: the pip of an environment does not read the file of the Python
# that the environment was made from
REPEATED = (*LISTS, "index-url", "no-index", "proxy", "cert", "client-cert")
INDEX_OPTIONS = ("index-url", "extra-index-url", "find-links", "no-index")
UV_INDEX_VARIABLES = (
    "UV_DEFAULT_INDEX",
    "UV_INDEX_URL",
    "UV_INDEX",
    "UV_EXTRA_INDEX_URL",
    "UV_FIND_LINKS",
    "UV_NO_INDEX",
)
UV_INDEX_KEYS = {"index", "index-url", "default-index", "extra-index-url", "find-links", "no-index"}
LEAST_TIMEOUT_SECONDS = 120  # uv gives up after 30 by itself, too soon for a slow line
# Settings that would send packages elsewhere, or change which are taken: the lock decides that.
HARMFUL = (
    "PIP_USER PIP_TARGET PIP_PREFIX PIP_ROOT PIP_CONSTRAINT PIP_REQUIREMENT PIP_NO_BINARY PIP_ONLY_BINARY "
    "PIP_PLATFORM PIP_PYTHON PIP_DRY_RUN PIP_IGNORE_INSTALLED PIP_REQUIRE_VIRTUALENV UV_PYTHON "
    "UV_SYSTEM_PYTHON "
    "UV_CONSTRAINT UV_OVERRIDE UV_EXCLUDE UV_EXCLUDE_NEWER UV_NO_BINARY UV_NO_BINARY_PACKAGE "
    "UV_PROJECT_ENVIRONMENT "
    "UV_PRERELEASE UV_RESOLUTION UV_BREAK_SYSTEM_PACKAGES PYTHONHOME PYTHONPATH"
).split()
KEPT_OFFLINE = ("PIP_CACHE_DIR", "UV_CACHE_DIR", "UV_LINK_MODE")  # where copies lie, not whence they come
# How both are to speak and behave here. Not PYTHONUTF8: by it pip would also read its own files as UTF-8, and
# refuse a pip.ini that was saved in the code page of a Chinese Windows.
MANNERS = {"PIP_USER": "0", "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1"}
MANNERS |= {"UV_NO_PROGRESS": "1", "UV_PYTHON_DOWNLOADS": "never"}
MANNERS |= {"NO_COLOR": "1", "PYTHONIOENCODING": "utf-8"}
# uv's own way on Windows, hard links into its cache, fails in a folder that OneDrive looks after (os error
# 396), and keeps an environment from being removed while another one's program has the same file open
COPIES = {"UV_LINK_MODE": "copy"}


def pip_config_files(environment: Mapping[str, str], home: Path, prefix: Path, platform: str) -> list[Path]:
    """pip's configuration files in its own order: a later one wins."""
    own = environment.get("PIP_CONFIG_FILE")
    if own == os.devnull:
        return []
    if platform == "win32":
        user = Path(environment.get("APPDATA", home / "AppData" / "Roaming"), "pip", "pip.ini")
        files = [Path(environment.get("PROGRAMDATA", r"C:\ProgramData"), "pip", "pip.ini")]
        files += [home / "pip" / "pip.ini", user, prefix / "pip.ini"]
    else:
        folders = environment.get("XDG_CONFIG_DIRS", "/etc/xdg").split(":")
        if platform == "darwin":
            folders = ["/Library/Application Support"]
        user = Path(environment.get("XDG_CONFIG_HOME", home / ".config"), "pip", "pip.conf")
        if platform == "darwin" and (home / "Library" / "Application Support" / "pip").is_dir():
            user = home / "Library" / "Application Support" / "pip" / "pip.conf"
        files = [Path(folder, "pip", "pip.conf") for folder in folders] + [Path("/etc/pip.conf")]
        files += [home / ".pip" / "pip.conf", user, prefix / "pip.conf"]
    return files + ([Path(own)] if own else [])


def read_pip_settings(environment: Mapping[str, str], files: list[Path]) -> dict[str, str]:
    """pip's settings for `pip install`: files, and PIP_* variables over them. A broken file is skipped."""
    settings = {}
    for path in files:
        parser = configparser.RawConfigParser()
        try:
            parser.read_string(decode(path.read_bytes()))
        except (OSError, configparser.Error):
            continue  # pip itself will name the fault if it is asked to run
        for section in ("global", "install"):
            if parser.has_section(section):
                settings.update(
                    {key.replace("_", "-"): value for key, value in parser.items(section) if value}
                )
    for name, value in environment.items():
        if name.upper().startswith("PIP_") and value:
            settings[name[4:].lower().replace("_", "-")] = value
    return settings


def decode(content: bytes, own_encoding: str | None = None) -> str:
    """A settings file as text: UTF-8, or else the machine's own encoding, as pip reads it.

    Args:
        own_encoding: the machine's; None asks it. Bytes that neither can read are replaced.
    """
    own_encoding = own_encoding or locale.getencoding()
    for encoding in ("utf-8-sig", own_encoding):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return content.decode("utf-8-sig", errors="replace")


def uv_has_index(environment: Mapping[str, str], files: list[Path]) -> bool:
    """Whether uv has been given an index: by a variable, or in one of its own configuration files."""
    if any(environment.get(name) for name in UV_INDEX_VARIABLES):
        return True
    for path in files:
        try:
            settings = tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
            continue
        if UV_INDEX_KEYS & (set(settings) | set(settings.get("pip", {}))):
            return True
    return False


def uv_config_files(environment: Mapping[str, str], home: Path, platform: str) -> list[Path]:
    if environment.get("UV_NO_CONFIG"):
        return []
    if own := environment.get("UV_CONFIG_FILE"):
        return [Path(own)]
    if platform == "win32":
        folders = [environment.get("APPDATA", ""), environment.get("PROGRAMDATA", "")]
    else:
        folders = [environment.get("XDG_CONFIG_HOME", str(home / ".config")), "/etc"]
        folders += environment.get("XDG_CONFIG_DIRS", "/etc/xdg").split(":")
    return [Path(folder, "uv", "uv.toml") for folder in folders if folder]


def uv_variables(
    pip_settings: Mapping[str, str], environment: Mapping[str, str], has_index: bool
) -> dict[str, str]:
    """uv's variables that say what pip was told. What the reader set for uv itself is never changed."""
    variables = {}
    if not has_index:
        if pip_settings.get("index-url"):
            variables["UV_DEFAULT_INDEX"] = pip_settings["index-url"]
        for option, (variable, separator) in LISTS.items():
            if values := pip_settings.get(option, "").split():
                variables[variable] = separator.join(values)
        if pip_settings.get("no-index", "").lower() in ("1", "true", "yes", "on"):
            variables["UV_NO_INDEX"] = "1"
        # pip takes the best match of all its indexes; uv would stop at the first index that knows the name.
        # The hashes of the lock decide which files are acceptable, wherever they come from.
        variables["UV_INDEX_STRATEGY"] = "unsafe-best-match"
    proxy = pip_settings.get("proxy")
    if proxy and not any(
        environment.get(name) for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy")
    ):
        proxy = proxy if "://" in proxy else f"http://{proxy}"
        variables["HTTPS_PROXY"] = variables["HTTP_PROXY"] = proxy
    if pip_settings.get("cert"):
        variables["SSL_CERT_FILE"] = pip_settings["cert"]
    if pip_settings.get("client-cert"):
        variables["SSL_CLIENT_CERT"] = pip_settings["client-cert"]
    if pip_settings.get("keyring-provider") in ("subprocess", "import"):
        variables["UV_KEYRING_PROVIDER"] = "subprocess"
    timeout = pip_settings.get("default-timeout") or pip_settings.get("timeout") or ""
    seconds = int(timeout) if timeout.isdecimal() else 0
    variables["UV_HTTP_TIMEOUT"] = str(max(LEAST_TIMEOUT_SECONDS, seconds))
    variables["UV_SYSTEM_CERTS"] = "true"  # a company's own certificate is known to the system
    return {name: value for name, value in variables.items() if not environment.get(name)}


def pip_variables(pip_settings: Mapping[str, str], environment: Mapping[str, str]) -> dict[str, str]:
    """pip's settings as pip's own variables, where the environment has none of that name."""
    told = {
        f"PIP_{option.upper().replace('-', '_')}": " ".join(pip_settings[option].split())
        for option in REPEATED
        if pip_settings.get(option)
    }
    return {name: value for name, value in told.items() if not environment.get(name)}


def manners(environment: Mapping[str, str], platform: str) -> dict[str, str]:
    """How pip and uv are to speak and behave. How uv places files is left to the reader who has set it."""
    if platform == "win32" and not environment.get("UV_LINK_MODE"):
        return MANNERS | COPIES
    return MANNERS


def installer_environment() -> tuple[dict[str, str], list[str]]:
    """The environment for pip and uv, and the names of the index settings taken over from pip."""
    environment = {name: value for name, value in os.environ.items() if name.upper() not in HARMFUL}
    home = Path.home()
    files = pip_config_files(os.environ, home, Path(sys.base_prefix), sys.platform)
    settings = read_pip_settings(os.environ, files)
    has_index = uv_has_index(os.environ, uv_config_files(os.environ, home, sys.platform))
    environment |= uv_variables(settings, os.environ, has_index) | pip_variables(settings, os.environ)
    environment |= manners(os.environ, sys.platform)
    taken = [] if has_index else [option for option in INDEX_OPTIONS if settings.get(option)]
    return environment, taken + [option for option in ("proxy", "cert") if settings.get(option)]


def offline_environment() -> dict[str, str]:
    """The environment for pip and uv where packages come from a folder alone: no index of any kind is heard.

    The folder itself is named on the command line: pip splits its variable at spaces, uv at commas.
    """
    environment = {
        name: value
        for name, value in os.environ.items()
        if name.upper() in KEPT_OFFLINE or not name.upper().startswith(("PIP_", "UV_"))
    }
    environment = {name: value for name, value in environment.items() if name.upper() not in HARMFUL}
    environment |= manners(environment, sys.platform)
    return environment | {"PIP_CONFIG_FILE": os.devnull, "UV_NO_CONFIG": "1", "UV_OFFLINE": "1"}
