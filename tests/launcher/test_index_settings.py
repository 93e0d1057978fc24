"""pip's index, proxy and certificate in uv's words."""

import os
from pathlib import Path

import pytest

from mof.launcher import index_settings
from mof.launcher.index_settings import (
    decode,
    installer_environment,
    manners,
    offline_environment,
    pip_config_files,
    pip_variables,
    read_pip_settings,
    uv_config_files,
    uv_has_index,
    uv_variables,
)


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_later_files_and_variables_win(tmp_path):
    first = write(tmp_path / "a", "[global]\nindex-url = https://a/simple\nproxy = p:1\n[list]\nformat = x\n")
    second = write(
        tmp_path / "b", "[global]\nindex_url = https://b/simple\n[install]\nfind-links = /w1\n  /w2\n"
    )
    settings = read_pip_settings({}, [first, second, tmp_path / "absent"])
    assert settings["index-url"] == "https://b/simple" and settings["proxy"] == "p:1"
    assert settings["find-links"].split() == ["/w1", "/w2"] and "format" not in settings
    assert read_pip_settings({"PIP_INDEX_URL": "https://c"}, [first])["index-url"] == "https://c"


def test_broken_pip_file_is_skipped(tmp_path):
    good = write(tmp_path / "good", "[global]\ncert = /c.pem\n")
    assert read_pip_settings({}, [write(tmp_path / "bad", "no section\n"), good]) == {"cert": "/c.pem"}


CHINESE = "# 清华镜像\n[global]\nindex-url = https://mirror/simple\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp936"])
def test_a_pip_file_with_chinese_text_is_read_in_either_encoding(tmp_path, monkeypatch, encoding):
    monkeypatch.setattr(index_settings.locale, "getencoding", lambda: "cp936")
    (tmp_path / "pip.ini").write_bytes(CHINESE.encode(encoding))
    assert read_pip_settings({}, [tmp_path / "pip.ini"]) == {"index-url": "https://mirror/simple"}
    assert decode(CHINESE.encode(encoding)) == CHINESE


def test_a_pip_file_in_no_known_encoding_keeps_its_settings():
    assert "index-url = https://mirror/simple" in decode(CHINESE.encode("cp936"), "ascii")


def test_pip_reads_its_own_files_as_the_reader_wrote_them(monkeypatch):
    monkeypatch.delenv("PYTHONUTF8", raising=False)
    for variables in (installer_environment()[0], offline_environment()):
        assert "PYTHONUTF8" not in variables and variables["PYTHONIOENCODING"] == "utf-8"


def test_index_settings_are_translated():
    settings = {
        "index-url": "https://mirror/simple",
        "extra-index-url": "https://one/simple\nhttps://two/simple",
        "find-links": "/w1 /w2",
        "trusted-host": "mirror",
        "no-index": "true",
        "proxy": "name:pw@proxy:3128",
        "cert": "/company.pem",
        "timeout": "600",
    }
    variables = uv_variables(settings, {}, has_index=False)
    assert variables == {
        "UV_DEFAULT_INDEX": "https://mirror/simple",
        "UV_INDEX": "https://one/simple https://two/simple",
        "UV_FIND_LINKS": "/w1,/w2",
        "UV_INSECURE_HOST": "mirror",
        "UV_NO_INDEX": "1",
        "UV_INDEX_STRATEGY": "unsafe-best-match",
        "HTTPS_PROXY": "http://name:pw@proxy:3128",
        "HTTP_PROXY": "http://name:pw@proxy:3128",
        "SSL_CERT_FILE": "/company.pem",
        "UV_HTTP_TIMEOUT": "600",
        "UV_SYSTEM_CERTS": "true",
    }


def test_what_the_reader_set_for_uv_stays():
    settings = {"index-url": "https://mirror/simple", "proxy": "http://p:1", "cert": "/c.pem", "timeout": "x"}
    environment = {"HTTPS_PROXY": "http://own:1", "SSL_CERT_FILE": "/own.pem"}
    variables = uv_variables(settings, environment, has_index=True)
    assert variables == {"UV_HTTP_TIMEOUT": "120", "UV_SYSTEM_CERTS": "true"}


def test_uv_index_is_seen_in_variables_and_files(tmp_path):
    assert not uv_has_index({}, [tmp_path / "absent"])
    assert uv_has_index({"UV_INDEX_URL": "https://x"}, [])
    assert uv_has_index({}, [write(tmp_path / "1.toml", '[[index]]\nurl = "https://x"\n')])
    assert uv_has_index({}, [write(tmp_path / "2.toml", '[pip]\nindex-url = "https://x"\n')])
    assert not uv_has_index({}, [write(tmp_path / "3.toml", "offline = false\n")])
    assert not uv_has_index({}, [write(tmp_path / "4.toml", "this is = = no toml")])


def test_files_of_each_system():
    home, prefix = Path("/home/li"), Path("/usr")
    linux = pip_config_files({}, home, prefix, "linux")
    assert linux == [
        Path("/etc/xdg/pip/pip.conf"),
        Path("/etc/pip.conf"),
        Path("/home/li/.pip/pip.conf"),
        Path("/home/li/.config/pip/pip.conf"),
        Path("/usr/pip.conf"),
    ]
    windows = pip_config_files({"APPDATA": "/roaming", "PROGRAMDATA": "/data"}, home, prefix, "win32")
    assert Path("/roaming/pip/pip.ini") in windows and Path("/data/pip/pip.ini") in windows
    assert pip_config_files({"PIP_CONFIG_FILE": "/own.conf"}, home, prefix, "linux")[-1] == Path("/own.conf")
    assert pip_config_files({"PIP_CONFIG_FILE": os.devnull}, home, prefix, "linux") == []
    assert uv_config_files({"XDG_CONFIG_HOME": "/x"}, home, "linux")[0] == Path("/x/uv/uv.toml")
    assert uv_config_files({"UV_CONFIG_FILE": "/own.toml"}, home, "linux") == [Path("/own.toml")]
    assert uv_config_files({"UV_NO_CONFIG": "1"}, home, "linux") == []


def test_pip_is_told_again_what_its_files_say():
    settings = {
        "index-url": "https://mirror/simple",
        "extra-index-url": "https://one/simple\nhttps://two/simple",
        "trusted-host": "mirror",
        "proxy": "p:1",
        "cert": "/company.pem",
        "timeout": "600",
    }
    assert pip_variables(settings, {"PIP_PROXY": "own:1"}) == {
        "PIP_INDEX_URL": "https://mirror/simple",
        "PIP_EXTRA_INDEX_URL": "https://one/simple https://two/simple",
        "PIP_TRUSTED_HOST": "mirror",
        "PIP_CERT": "/company.pem",
    }


def test_the_pip_of_an_environment_hears_the_file_of_the_python_behind_it(monkeypatch, tmp_path):
    name = "pip.ini" if os.name == "nt" else "pip.conf"
    write(tmp_path / name, "[global]\nindex-url = https://only-mirror/simple\n")
    monkeypatch.setattr(index_settings.sys, "base_prefix", str(tmp_path))
    for variable in ("PIP_INDEX_URL", "PIP_CONFIG_FILE"):
        monkeypatch.delenv(variable, raising=False)
    assert installer_environment()[0]["PIP_INDEX_URL"] == "https://only-mirror/simple"


def test_on_windows_files_are_copied_unless_the_reader_chose(monkeypatch):
    assert manners({}, "win32")["UV_LINK_MODE"] == "copy"
    for environment, platform in (({"UV_LINK_MODE": "hardlink"}, "win32"), ({}, "linux"), ({}, "darwin")):
        assert "UV_LINK_MODE" not in manners(environment, platform)
    monkeypatch.setattr(index_settings.sys, "platform", "win32")
    monkeypatch.delenv("UV_LINK_MODE", raising=False)
    for variables in (installer_environment()[0], offline_environment()):
        assert variables["UV_LINK_MODE"] == "copy"
    monkeypatch.setenv("UV_LINK_MODE", "symlink")
    for variables in (installer_environment()[0], offline_environment()):
        assert variables["UV_LINK_MODE"] == "symlink"


def test_settings_that_send_packages_elsewhere_are_dropped(monkeypatch, tmp_path):
    for name in ("PIP_TARGET", "PIP_CONSTRAINT", "PYTHONPATH", "UV_PYTHON"):
        monkeypatch.setenv(name, "/elsewhere")
    monkeypatch.setenv("PIP_INDEX_URL", "https://mirror/simple")
    monkeypatch.setattr(index_settings, "uv_has_index", lambda environment, files: False)
    environment, taken = installer_environment()
    assert not {"PIP_TARGET", "PIP_CONSTRAINT", "PYTHONPATH", "UV_PYTHON"} & set(environment)
    assert environment["PIP_USER"] == "0" and environment["UV_DEFAULT_INDEX"] == "https://mirror/simple"
    assert "index-url" in taken
