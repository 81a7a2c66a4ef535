"""gunicorn with TLS, by the command of the page, and the unit of systemd."""

import re
import shlex
import shutil
import ssl
import subprocess
import sys
from pathlib import Path

import pytest

from fleet.service.roles import Role
from tests.conftest import require_all
from tests.serving import Running, free_port

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "running.md").read_text(encoding="utf-8")
COMMAND = shlex.split(re.findall(r"^(gunicorn .+)$", PAGE, re.MULTILINE)[0])


@pytest.fixture
def certificate(tmp_path: Path) -> ssl.SSLContext:
    """A certificate of its own in the folder, and what trusts it."""
    if shutil.which("openssl") is None:
        if require_all():
            pytest.fail("no openssl here")
        pytest.skip("no openssl here")
    made = (
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2"
        " -subj /CN=localhost -addext subjectAltName=DNS:localhost -keyout key.pem -out cert.pem"
    )
    subprocess.run(shlex.split(made), cwd=tmp_path, check=True, capture_output=True)
    return ssl.create_default_context(cafile=str(tmp_path / "cert.pem"))


def test_the_command_of_the_page_serves_by_https(tmp_path: Path, certificate: ssl.SSLContext):
    port = free_port()
    assert "--bind" in COMMAND
    command = [f"127.0.0.1:{port}" if part == "0.0.0.0:8443" else part for part in COMMAND]
    command[0] = str(Path(sys.executable).with_name("gunicorn"))
    service = Running(command, folder=tmp_path, FLEET_WORKERS="1", FLEET_NICENESS="0")
    try:
        link = service.line("/setup#")
        service.address = f"https://localhost:{port}"
        service.until(lambda: "Listening at" in service.errors and "Booting worker" in service.errors)
        assert service.until_healthy(context=certificate)["ok"]
        token = service.token(Role.DISPATCHER)
        assert service.call("GET", "/jobs", token=token, context=certificate)[0] == 200
        assert link.split("#")[1] not in service.errors
    finally:
        service.close()
    assert service.status == 0


def test_the_unit_is_one_that_systemd_understands():
    unit = (ROOT / "packaging" / "fleet.service").read_text(encoding="utf-8")
    assert "ExecStart=/opt/fleet/bin/fleet serve" in unit
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        return
    done = subprocess.run(
        [analyze, "verify", str(ROOT / "packaging" / "fleet.service")], capture_output=True, text=True
    )
    complaints = [
        line
        for line in done.stderr.splitlines()
        if "/opt/fleet/bin/fleet" not in line and "fleet.service" in line
    ]
    assert complaints == []
