"""One frozen Settings, read from the environment (HOLOTABLE_) and `.env`; limits carry units."""

from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Everything an operator may choose; the default is a complete product on one machine."""

    model_config = SettingsConfigDict(
        env_prefix="HOLOTABLE_", env_file=".env", extra="ignore", frozen=True
    )

    data_dir: Path = Path("data")
    database_url: str = ""  # empty: SQLite in data_dir; postgresql://user:password@host/name
    blob_url: str = ""  # empty: files in data_dir/blobs; s3://bucket/prefix
    s3_endpoint: str = ""
    s3_access_key: str = ""
    s3_secret_key: str = ""
    s3_region: str = "us-east-1"
    redis_url: str = ""  # the doorbell between several nodes; empty: rooms only poll the database

    host: str = "127.0.0.1"
    port: int = 8080
    https_port: int = 8443
    public_url: str = ""  # the origin people type, for example https://review.example.org
    node_url: str = ""  # how a ticket names this process when there are several
    embed_origins: str = ""  # comma-separated origins of sites that may frame /embed; empty: none
    trusted_proxies: str = ""  # comma-separated addresses whose X-Forwarded-* are believed
    frontend_dir: Path = Path("frontend/dist")
    load_sample: bool = True
    test_hooks: bool = False  # window.__ux for browser tests

    max_upload_bytes: int = 2 * 1024**3
    upload_lifetime_s: int = 48 * 3600  # of one that resumes, since its last piece
    max_unpacked_bytes: int = 8 * 1024**3
    max_archive_entries: int = 10_000
    max_triangles: int = 60_000_000
    max_occurrences: int = 500_000
    max_points: int = 200_000_000
    max_project_archive_bytes: int = 64 * 1024**3  # unpacked, too
    conversion_timeout_s: float = 1_800.0
    conversion_memory_bytes: int = 4 * 1024**3
    conversion_output_bytes: int = 8 * 1024**3
    conversion_attempts: int = 3
    lease_s: float = 30.0
    allow_unsandboxed: bool = False
    embedded_worker: bool = True  # run conversions inside `serve` when the database is SQLite

    # Packets: a private Ed25519 key as PEM; empty: one is made in data_dir/signing.
    signing_key_file: str = ""
    report_fonts: str = ""  # comma-separated TrueType files for scripts the PDF lacks

    login_lifetime_s: int = 30 * 24 * 3600
    guest_lifetime_s: int = 24 * 3600
    ticket_lifetime_s: int = 30
    session_code_lifetime_s: int = 12 * 3600

    room_tick_hz: float = 30.0
    room_lease_s: float = Field(default=10.0, gt=0)  # a dead node's rooms are taken over after it
    room_watch_s: float = Field(default=2.0, gt=0)  # how often rooms look at leases and rights
    room_max_slots: int = Field(default=4096, le=4096)
    voice: bool = True  # false: sessions have chat alone
    turn_url: str = ""  # comma-separated: stun:, turn: or turns: addresses as browsers reach them
    turn_secret: str = Field(default="", repr=False)  # coturn's static-auth-secret
    livekit_url: str = ""  # wss://…; with key and secret all voice goes through this SFU
    livekit_key: str = ""
    livekit_secret: str = Field(default="", repr=False)

    webhook_networks: str = ""  # comma-separated private networks that webhooks may reach
    webhook_timeout_s: float = Field(default=10.0, gt=0)  # of one attempt
    webhook_ca_file: Path | None = None  # PEM: whom to trust besides
    events_kept_days: int = Field(default=365, gt=0)  # what /changes can still tell

    smtp_host: str = ""  # empty: no e-mail; people see everything in their inbox
    smtp_port: int = 587
    smtp_user: str = ""
    smtp_password: str = Field(default="", repr=False)
    smtp_tls: Literal["starttls", "tls", "none"] = "starttls"
    smtp_ca_file: Path | None = None  # PEM: whom to trust besides, for a certificate of your own
    smtp_from: str = ""  # "Holotable <holotable@example.org>"; empty: the user, if it is an address

    @property
    def mail_sender(self) -> str:
        """Whom mails come from; empty when e-mail is off."""
        if not self.smtp_host:
            return ""
        user = self.smtp_user if "@" in self.smtp_user else ""
        return self.smtp_from or user or f"Holotable <holotable@{self.smtp_host}>"

    @property
    def mail_public_url(self) -> str:
        """Where links in mails lead."""
        return self.public_url.rstrip("/") or f"http://localhost:{self.port}"

    @property
    def sqlalchemy_url(self) -> str:
        """The database address with the async driver we ship."""
        if not self.database_url:
            return f"sqlite+aiosqlite:///{(self.data_dir / 'holotable.sqlite').resolve()}"
        url = self.database_url
        for prefix in ("postgresql://", "postgres://"):
            if url.startswith(prefix):
                return "postgresql+psycopg://" + url.removeprefix(prefix)
        return url

    @property
    def is_postgresql(self) -> bool:
        """Whether the database is PostgreSQL, so that jobs go through Procrastinate."""
        return self.sqlalchemy_url.startswith("postgresql")
