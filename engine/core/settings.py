"""Every setting in one frozen object, read once at the front door and passed down.

Read from a TOML file; a relative path in it is relative to the file. An unknown key is an error.
"""

import tomllib
from datetime import datetime, time
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from engine.core.clock import TOKYO, Clock, DemoClock, SystemClock
from engine.core.errors import SettingsError


def _in_tokyo(instant: datetime) -> datetime:
    return instant.astimezone(TOKYO) if instant.tzinfo else instant.replace(tzinfo=TOKYO)


class Part(BaseModel):
    """One table of the settings file: frozen, unknown keys refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Municipality(Part):
    """Whose records these are. `code` is the six-digit 全国地方公共団体コード."""

    code: str = Field(pattern=r"^\d{6}$")
    name_ja: str
    name_en: str
    site_url: str = ""


class Office(Part):
    """A section that owns programmes: what a resident needs to find it."""

    name_ja: str
    name_en: str
    place_ja: str
    place_en: str
    phone: str
    hours_ja: str = "平日8:30〜17:15"
    hours_en: str = "weekdays 8:30–17:15"


class Paths(Part):
    """Where the stores are; `feeds` may be s3://bucket/prefix. Only the night opens `records`; everything else reads `snapshot`."""

    feeds: str
    records: Path
    landing: Path
    snapshot: Path
    catalogue: Path
    outbox: Path
    keys: Path
    anchor: Path
    scratch: Path
    models: Path = Path("models")  #: trained weak signals, each under its SHA-256


class S3(Part):
    """How feeds in a bucket are read. `endpoint_url` serves a VPC endpoint; credentials are boto3's own affair."""

    endpoint_url: str = ""
    region: str = "ap-northeast-1"
    attempts: int = Field(default=8, ge=1)
    timeout_seconds: int = Field(default=60, ge=1)


class Feeds(Part):
    """When a file is too short to be believed; `todoke records accept` lets one in that is right.

    most_lost: the share of the standing rows that a full file may lack. least_of_usual: the share of the usual rows that a delta must
    bring. least_rows: as many must be lost, or usual, before either is told.
    """

    most_lost: float = Field(default=0.2, ge=0, le=1)
    least_of_usual: float = Field(default=0.1, ge=0, le=1)
    least_rows: int = Field(default=20, ge=1)


class Waits(Part):
    """Periods in days. grief: between a death and its notice. late_entry: older entries become a staff task (R5)."""

    grief_days: int = 14
    late_entry_days: int = 60
    unnamed_birth_days: int = 14
    claim_lease_seconds: int = 900
    undo_seconds: int = 120


class Schedule(Part):
    """When the long-running scheduler acts, in Asia/Tokyo. The night at 02:00 scans the business date before it."""

    night_at: time = time(2, 0)
    learn_at: time = time(6, 0)  #: on Mondays, of the week before: what the look-first models learn
    dispatch_at: tuple[time, ...] = (time(10, 0), time(14, 0))


class Letters(Part):
    """Letters as PDF for the print house (the part letters). `to`: a folder or s3://bucket/prefix; empty: pages in `paths.outbox`.

    `fonts`: a folder of further fonts, for characters of names the machine's own lack (外字). A bucket is reached as `[s3]` says.
    """

    to: str = ""
    fonts: Path | None = None


class Email(Part):
    """E-mail to those who wish it. `via` empty: nobody gets any. `region` and `endpoint_url` are SES's, `host` and `port` SMTP's."""

    via: Literal["", "smtp", "ses"] = ""
    sender: str = ""
    host: str = "127.0.0.1"
    port: int = 25
    starttls: bool = False
    region: str = "ap-northeast-1"
    endpoint_url: str = ""
    timeout_seconds: float = Field(default=20, gt=0)

    @model_validator(mode="after")
    def _has_a_sender(self) -> Self:
        if self.via and "@" not in self.sender:
            raise ValueError("sender must be the address e-mail comes from")
        return self


class Heralds(Part):
    """Short messages through SNS that a letter is on its way, to those who wish them by SMS or by the city's app (push)."""

    sms: bool = False
    push: bool = False
    region: str = "ap-northeast-1"
    endpoint_url: str = ""
    timeout_seconds: float = Field(default=20, gt=0)


class Dispatch(Part):
    """The way out. `stopped` is the kill switch: nothing is sent while it is true. A hand-over silent for the lease is taken for dead."""

    stopped: bool = False
    lease_seconds: int = Field(default=600, ge=1)
    attempts: int = Field(default=8, ge=1)
    backoff_seconds: int = Field(default=300, ge=1)
    letters: Letters = Letters()
    email: Email = Email()
    heralds: Heralds = Heralds()


class Alert(Part):
    """How an operator hears of a halt. `command` gets the one-line message as its last argument."""

    command: tuple[str, ...] = ()
    mail_to: str = ""
    mail_from: str = ""
    smtp_host: str = "127.0.0.1"
    smtp_port: int = 25


class Audit(Part):
    """A second place for anchors of the audit chain: a versioned bucket with Object Lock, s3://bucket/prefix, reached as `[s3]` says.

    `retention_days`: how long COMPLIANCE mode keeps each; `timeout_seconds`: the longest a decision ever waits for it.
    """

    bucket: str = ""
    retention_days: int = Field(default=3_650, ge=1)
    timeout_seconds: float = Field(default=3, gt=0)


class Desk(Part):
    """Where the web desk listens. `counts_seconds`: how old the numbers above a queue may be; one's own decisions are in them at once.

    `workers`: processes, one for each processor core the desk may use; `threads`: requests each of them answers at a time.
    """

    host: str = "127.0.0.1"
    port: int = 8300
    workers: int = Field(default=2, ge=1)
    threads: int = Field(default=4, ge=1)
    counts_seconds: int = Field(default=20, ge=0)
    secure_cookies: bool = True
    allowed_hosts: tuple[str, ...] = ("127.0.0.1", "localhost")


class Accounts(Part):
    """How staff log in. The second factor is always asked for in production; `second_factor` asks for it in a demo too."""

    second_factor: bool = False
    idle_minutes: int = Field(default=30, ge=1)
    longest_hours: int = Field(default=10, ge=1)


class Oidc(Part):
    """The city's identity provider (OpenID Connect, code flow with PKCE). Empty `issuer`: none.

    `client_secret_file`: a file that holds the secret alone. `account_claim`: the claim that names the account here. The second
    factor is the provider's affair; `required_acr` refuses a log-in that was weaker. `address`: where staff reach this desk.
    """

    issuer: str = ""
    client_id: str = ""
    client_secret_file: Path | None = None
    account_claim: str = "preferred_username"
    required_acr: tuple[str, ...] = ()
    address: str = "http://127.0.0.1:8300"
    timeout_seconds: float = Field(default=5, gt=0)


class Volume(Part):
    """Cold-start yearly volume per event code and how far outside the expected band a night must be to be held."""

    yearly: dict[str, float] = Field(default_factory=dict)
    tail_probability: float = 1e-6
    minimum_nights: int = 28


class LifeEvents(Part):
    """`quiet`: codes of events that are found and shown but give staff no task of their own; most are many and rarely acted on."""

    quiet: tuple[str, ...] = ("E13", "E15", "E21", "E34")


class ProbableEvents(Part):
    """Weak signals for staff. `enabled`: codes of trained models. `capacity`: code → calls a week the office has time for."""

    enabled: tuple[str, ...] = ()
    capacity: dict[str, Annotated[int, Field(ge=1)]] = Field(default_factory=dict)


class LookFirst(Part):
    """«Look here first»: what an office's model must show on the newest fifth of its decisions before it orders a queue.

    `decisions`: how many notices the office must have decided. `recent_days`: what drift is measured on.
    """

    decisions: int = Field(default=1_000, ge=200)
    auc: float = Field(default=0.65, ge=0.5, le=1)
    calibration_error: float = Field(default=0.08, gt=0)
    recent_days: int = Field(default=28, ge=7)


class Bedrock(Part):
    """A model behind Amazon Bedrock's Converse. `allowed_prefixes` keeps texts in the country: other model ids are refused.

    `endpoint_url`: the private endpoint (PrivateLink). Prices in US dollars per million tokens, for the ledger.
    """

    model_id: str = ""
    region: str = "ap-northeast-1"
    endpoint_url: str = ""
    allowed_prefixes: tuple[str, ...] = ("jp.",)
    connect_seconds: float = Field(default=3, gt=0)
    read_seconds: float = Field(default=60, gt=0)
    attempts: int = Field(default=4, ge=1)
    usd_per_million_in: float = Field(default=0, ge=0)
    usd_per_million_out: float = Field(default=0, ge=0)


class LocalModel(Part):
    """An OpenAI-compatible server by `url`, or a GGUF file that todoke serves itself (the part local-llm)."""

    url: str = ""
    model: str = "local"
    gguf: Path | None = None
    context: int = Field(default=8192, ge=1024)  #: tokens of the served model's window
    threads: int = Field(default=0, ge=0)  #: of the served model; 0: as many as it likes
    connect_seconds: float = Field(default=3, gt=0)
    read_seconds: float = Field(default=120, gt=0)


class Wordings(Part):
    """Who drafts, and who reads which language before it is sent. A language without a reviewer is never approved."""

    drafter: Literal["template", "bedrock", "local"] = "template"
    max_tokens: int = Field(default=1500, ge=1)
    reviewers: dict[str, str] = Field(default_factory=dict)  #: language code → named reviewer
    bedrock: Bedrock = Bedrock()
    local: LocalModel = LocalModel()


class Settings(Part):
    """All of it. `mode` demo is the only one in which programmes signed off as a demonstration may be used."""

    mode: Literal["demo", "production"] = "production"
    municipality: Municipality
    paths: Paths
    queue_url: str
    profile: str = "canonical"
    memory_limit_mb: int = 2048
    offices: dict[str, Office] = Field(default_factory=dict)
    s3: S3 = S3()
    feeds: Feeds = Feeds()
    waits: Waits = Waits()
    schedule: Schedule = Schedule()
    alert: Alert = Alert()
    audit: Audit = Audit()
    dispatch: Dispatch = Dispatch()
    desk: Desk = Desk()
    accounts: Accounts = Accounts()
    oidc: Oidc = Oidc()
    wording: Wordings = Wordings()
    volume: Volume = Volume()
    events: LifeEvents = LifeEvents()
    probable: ProbableEvents = ProbableEvents()
    look_first: LookFirst = LookFirst()
    demo_now: Annotated[datetime, AfterValidator(_in_tokyo)] | None = None  #: when the demo's day begins
    demo_since: Annotated[datetime, AfterValidator(_in_tokyo)] = datetime(
        2026, 1, 1, tzinfo=TOKYO
    )  #: its first beginning, really

    @model_validator(mode="after")
    def _demo_time_is_for_the_demo(self) -> Self:
        if self.demo_now is not None and self.mode != "demo":
            raise ValueError("demo_now is only for mode = 'demo'")
        return self

    def clock(self) -> Clock:
        """The demo town's own morning where `demo_now` is set, else the machine's clock."""
        return DemoClock(self.demo_now, since=self.demo_since) if self.demo_now else SystemClock()


def read_settings(path: Path) -> Settings:
    """Reads a settings file. Raises SettingsError that names the file and the setting."""
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SettingsError(f"no settings file at {path}; copy todoke.example.toml, or run `todoke demo`") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} is not TOML: {error}") from None
    try:
        settings = Settings.model_validate(values)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "settings"
        raise SettingsError(f"{path}: {where}: {first['msg']}") from None
    return _anchored(settings, path.resolve().parent)


def _anchored(settings: Settings, folder: Path) -> Settings:
    """The same settings with every relative path made absolute from the settings file's folder."""
    paths = settings.paths
    feeds = paths.feeds if "://" in paths.feeds else str(folder / paths.feeds)
    moved = {name: folder / getattr(paths, name) for name in Paths.model_fields if name != "feeds"}
    queue_url = settings.queue_url
    if queue_url.startswith("sqlite:///") and not queue_url.startswith("sqlite:////"):
        queue_url = f"sqlite:///{folder / queue_url.removeprefix('sqlite:///')}"
    update = {"paths": Paths(feeds=feeds, **moved), "queue_url": queue_url}
    return settings.model_copy(update=update | {"dispatch": _letters_anchored(settings.dispatch, folder)})


def _letters_anchored(dispatch: Dispatch, folder: Path) -> Dispatch:
    letters = dispatch.letters
    to = letters.to if not letters.to or "://" in letters.to else str(folder / letters.to)
    fonts = folder / letters.fonts if letters.fonts else None
    return dispatch.model_copy(update={"letters": Letters(to=to, fonts=fonts)})
