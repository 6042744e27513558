"""With deploy/compose.tls.yml nginx terminates TLS itself, and sends plain requests to the public URL."""

import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import httpx
import pytest
import yaml
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.deployment.conftest import Behind
from tests.deployment.edge import PUBLIC_URL, edge
from tests.fixtures.process import free_port
from tests.repository import read

pytestmark = pytest.mark.processes


def make_certificate(folder: Path) -> None:
    """A certificate for 127.0.0.1 that vouches for itself, under the names of the overlay's secrets."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "atrium.example")])
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(datetime.now(UTC) - timedelta(days=1))
    builder = builder.not_valid_after(datetime.now(UTC) + timedelta(days=1))
    addresses = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    certificate = builder.add_extension(addresses, critical=False).sign(key, hashes.SHA256())
    (folder / "tls_certificate").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    pem, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    (folder / "tls_key").write_bytes(key.private_bytes(pem, form, serialization.NoEncryption()))


def test_requests_come_by_tls_and_plain_ones_are_sent_there(behind: Behind, tmp_path: Path) -> None:
    make_certificate(tmp_path)
    plain, secure = free_port(), free_port()
    overlay = yaml.safe_load(read("deploy/compose.tls.yml"))["services"]["edge"]["environment"]
    listen = overlay["EDGE_LISTEN"].replace("8443", f"127.0.0.1:{secure}").replace("/run/secrets", str(tmp_path))
    changes = {"EDGE_LISTEN": listen, "EDGE_REDIRECT": overlay["EDGE_REDIRECT"].replace("8080", f"127.0.0.1:{plain}")}
    ports = [runtime.port for runtime in behind.runtimes]

    with edge(tmp_path / "edge", port=secure, runtime_ports=ports, web_port=behind.web.port, **changes):
        trusting = ssl.create_default_context(cafile=tmp_path / "tls_certificate")
        answer = httpx.get(f"https://127.0.0.1:{secure}/mcp/acme/demo", verify=trusting)
        redirected = httpx.post(f"http://127.0.0.1:{plain}/mcp/acme/demo?x=1", headers={"Host": "evil.example"})

    assert answer.text.startswith("runtime")
    assert redirected.status_code == 308
    assert redirected.headers["location"] == f"{PUBLIC_URL}/mcp/acme/demo?x=1"
    assert behind.seen() == ["/mcp/acme/demo"]
