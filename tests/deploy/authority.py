"""A throw-away PKI in the shape of PKIoverheid: roots, issuers below them, certificates of one purpose each."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

CLIENT, SERVER = ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.SERVER_AUTH
_DAY = timedelta(days=1)


@dataclass
class Issuer:
    """One that signs certificates and revokes them."""

    name: str
    above: "Issuer | None" = None
    revoked: list[int] = field(default_factory=list)
    certificate: x509.Certificate = field(init=False)

    def __post_init__(self) -> None:
        """Makes its key and certificate."""
        self.key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, self.name)])
        signer = self.above or self
        usage = x509.KeyUsage(
            digital_signature=False, content_commitment=False, key_encipherment=False, data_encipherment=False,
            key_agreement=False, key_cert_sign=True, crl_sign=True, encipher_only=False, decipher_only=False,
        )  # fmt: skip
        self.certificate = (
            _builder(subject, self.above.certificate.subject if self.above else subject, self.key)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .add_extension(usage, critical=True)
            .sign(signer.key, hashes.SHA256())
        )

    def crl(self) -> bytes:
        """Gives its revocation list as PEM."""
        now = datetime.now(UTC)
        builder = x509.CertificateRevocationListBuilder().issuer_name(self.certificate.subject)
        builder = builder.last_update(now - _DAY).next_update(now + _DAY)
        for serial in self.revoked:
            entry = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(now - _DAY).build()
            builder = builder.add_revoked_certificate(entry)
        return builder.sign(self.key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)

    def issue(
        self,
        path: Path,
        purpose: x509.ObjectIdentifier,
        *,
        serial_number: str = "",
        name: str = "een partij",
        hosts: tuple[str, ...] = (),
        addresses: tuple[str, ...] = (),
        also: tuple[x509.ObjectIdentifier, ...] = (),
        expired: bool = False,
    ) -> x509.Certificate:
        """Writes `path`.pem, with the chain up to the root, and `path`.key; gives the certificate."""
        key = ec.generate_private_key(ec.SECP256R1())
        attributes = [x509.NameAttribute(NameOID.COMMON_NAME, name)]
        if serial_number:
            attributes.append(x509.NameAttribute(NameOID.SERIAL_NUMBER, serial_number))
        until = datetime.now(UTC) + (-_DAY if expired else 30 * _DAY)
        builder = _builder(x509.Name(attributes), self.certificate.subject, key, until)
        builder = builder.add_extension(x509.ExtendedKeyUsage([purpose, *also]), critical=False)
        names = [x509.DNSName(host) for host in hosts]
        numbers = [x509.IPAddress(ip_address(address)) for address in addresses]
        if names or numbers:
            builder = builder.add_extension(x509.SubjectAlternativeName([*names, *numbers]), critical=False)
        certificate = builder.sign(self.key, hashes.SHA256())
        chain = [certificate, self.certificate]
        path.with_suffix(".pem").write_bytes(
            b"".join(one.public_bytes(serialization.Encoding.PEM) for one in chain)
        )
        path.with_suffix(".key").write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        return certificate

    def pem(self) -> bytes:
        """Gives its own certificate as PEM."""
        return self.certificate.public_bytes(serialization.Encoding.PEM)


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    until: datetime | None = None,
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - 10 * _DAY)
        .not_valid_after(until or now + 60 * _DAY)
    )
