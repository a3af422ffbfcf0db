"""Notices, their items, staff tasks, decisions, audit chain and outbox: what staff answer for. `runs.py` has the job ledger's."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models.functions import Coalesce

from notices.approval.runs import JobRun as JobRun  # known to Django by being imported here
from notices.approval.runs import RunRequest as RunRequest
from notices.sealing import SealedJson, SealedText


class NoticeState(models.TextChoices):
    """Where a notice is. `states.py` holds the one table of transitions; nothing else writes a state."""

    PREPARED = "prepared"
    IN_REVIEW = "in_review"
    APPROVED = "approved"
    QUEUED = "queued"
    SENDING = "sending"
    ACCEPTED = "accepted"
    DELIVERED = "delivered"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    SUPPRESSED = "suppressed"
    HELD = "held"
    RETRY_WAIT = "retry_wait"
    UNKNOWN = "unknown"
    BOUNCED = "bounced"
    FAILED = "failed"


class ItemState(models.TextChoices):
    """What an office decided of its item."""

    OPEN = "open"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


#: waiting for an officer
OPEN = (NoticeState.PREPARED, NoticeState.IN_REVIEW)
#: where a notice without a deadline stands in the order of deadlines: last, but first when its deadline is already past
NO_DEADLINE, OVERDUE = date(9999, 12, 31), date(2000, 1, 1)
_ASKED = ("urgency", "event", "language", "flags")  #: of a notice, by the filters of the queue


class Notice(models.Model):
    """One addressee, one event, one round: a bundle of items. The body is in a table of its own."""

    municipality_code = models.CharField(max_length=6)
    key = models.CharField(max_length=64)  #: HMAC(municipality, addressee, event, round), identity key
    number = models.CharField(max_length=20)  #: what the resident reads out: N-2026-004217
    event = models.CharField(max_length=10)  #: event code, E01
    event_id = models.CharField(max_length=64)
    occurred_on = models.DateField()
    night = models.DateField()
    addressee_id = models.CharField(max_length=15)
    addressee_reason = models.CharField(max_length=40)  #: claimant, parent_living_with_child, self, next_of_kin …
    subject_ids = models.JSONField(default=list)  #: whom it is about; all are checked against blocks
    household_id = models.CharField(max_length=15)
    language = models.CharField(max_length=8)
    urgency = models.IntegerField(default=0)  #: 2 within 7 days or late variant, 1 within 14, else 0
    due_on = models.DateField(null=True)  #: nearest deadline of its items
    not_before = models.DateField(null=True)  #: grief delay
    send_on = models.DateField(null=True)  #: not earlier than this, as an approver asked («send later»)
    flags = models.JSONField(default=list)  #: words a reviewer must read: backdated, ask …
    look = models.SmallIntegerField(default=0)  #: in thousandths, the highest probability of `look_says`
    look_says = models.JSONField(default=dict)  #: office → {"probability", "spoke", "shown"} by its look-first model
    four_eyes = models.IntegerField(default=1)  #: how many different approvers are needed
    state = models.CharField(max_length=12, choices=NoticeState.choices, default=NoticeState.PREPARED)
    state_reason = models.CharField(max_length=200, blank=True)
    content_hash = models.CharField(max_length=64)
    version = models.IntegerField(default=1)  #: compare-and-set counter
    claimed_by = models.CharField(max_length=60, blank=True)
    claimed_until = models.DateTimeField(null=True)
    prepared_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    ended_night = models.DateField(null=True)  #: the night whose records took it back
    #: computed by the database from the state and the deadline, so that nothing can be left out of the queue by forgetting to set it
    #: 1 while it waits for an officer, else 0; a number, because SQLite uses no index for a bare truth value
    waits = models.GeneratedField(
        expression=models.Case(models.When(state__in=list(OPEN), then=models.Value(1)), default=models.Value(0)),
        output_field=models.SmallIntegerField(),
        db_persist=True,
    )
    due_order = models.GeneratedField(
        expression=models.Case(
            models.When(due_on__isnull=True, urgency=2, then=models.Value(OVERDUE)),
            default=Coalesce("due_on", models.Value(NO_DEADLINE)),
        ),
        output_field=models.DateField(),
        db_persist=True,
    )

    class Meta:
        """One notice per key; one index per sort order of the queue. The office stands in the items."""

        app_label = "approval"
        constraints = [
            models.UniqueConstraint(fields=["municipality_code", "key"], name="one_notice_per_key"),
            models.UniqueConstraint(fields=["municipality_code", "number"], name="one_notice_per_number"),
        ]
        indexes = [
            # behind the order stands what the queue is filtered and counted by: neither then reads the notices it leaves out
            models.Index(fields=["municipality_code", "waits", "due_order", "id", *_ASKED], name="queue_by_deadline"),
            models.Index(fields=["municipality_code", "waits", "id", "due_order", *_ASKED], name="queue_by_number"),
            models.Index(fields=["municipality_code", "waits", "look", "id"], name="queue_by_look"),
            models.Index(fields=["municipality_code", "state", "id"], name="notices_in_state"),
            models.Index(fields=["municipality_code", "household_id"], name="notices_of_household"),
            models.Index(fields=["municipality_code", "addressee_id"], name="notices_of_addressee"),
            models.Index(fields=["municipality_code", "event_id"], name="notices_of_event"),
        ]


class NoticeBody(models.Model):
    """The rendered text, without name and address: those are resolved at sending."""

    notice = models.OneToOneField(Notice, on_delete=models.CASCADE, primary_key=True, related_name="body")
    text = SealedJson()  #: as `wording.compose` made it
    wording_versions = models.JSONField(default=dict)  #: programme, opening, clauses → the version the text is made of


class Item(models.Model):
    """One programme in a notice, owned by the office that alone sees its evidence and decides it."""

    #: without an index of its own: `items_of_notice` begins with it
    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="items", db_index=False)
    municipality_code = models.CharField(max_length=6)
    programme = models.CharField(max_length=60)
    programme_version = models.CharField(max_length=64)
    office = models.CharField(max_length=40)
    kind = models.CharField(max_length=20)
    sensitivity = models.CharField(max_length=12, default="normal")  #: normal, sensitive
    match_id = models.CharField(max_length=64)
    subject_id = models.CharField(max_length=15)
    verdict = models.CharField(max_length=10)  #: eligible, possible
    due_on = models.DateField(null=True)
    last_loss_free_on = models.DateField(null=True)
    late = models.BooleanField(default=False)
    facts = models.JSONField()  #: slot → value, typed as wording.facts says
    wording_version = models.CharField(max_length=64)
    criteria = SealedJson()  #: as `assess` prints them
    evidence = SealedJson()  #: the record change: [{table, column, ja, before, after, file, date}]
    state = models.CharField(max_length=12, choices=ItemState.choices, default=ItemState.OPEN)
    position = models.IntegerField()

    class Meta:
        """A programme stands once in a notice for each subject."""

        app_label = "approval"
        constraints = [
            models.UniqueConstraint(fields=["notice", "programme", "subject_id"], name="one_item_per_programme")
        ]
        indexes = [
            models.Index(
                fields=["municipality_code", "office", "state", "programme", "notice"], name="items_of_office"
            ),
            # asked of each notice in turn: names every column asked for, or SQLite would walk the office's items instead
            models.Index(fields=["notice", "municipality_code", "office", "state"], name="items_of_notice"),
            models.Index(fields=["municipality_code", "subject_id"], name="items_of_subject"),
        ]


class StaffTask(models.Model):
    """What cannot be a notice: somebody must look. Nobody silently gets nothing."""

    class State(models.TextChoices):
        """open → done, or withdrawn by a record change."""

        OPEN = "open"
        DONE = "done"
        WITHDRAWN = "withdrawn"

    municipality_code = models.CharField(max_length=6)
    key = models.CharField(max_length=64)
    kind = models.CharField(max_length=40)
    office = models.CharField(max_length=40)
    subject_id = models.CharField(max_length=15)
    event = models.CharField(max_length=10, blank=True)
    event_id = models.CharField(max_length=64, blank=True)
    programme = models.CharField(max_length=60, blank=True)
    reason = models.CharField(max_length=300)  #: what to find out, in words, without personal data
    details = SealedJson(default=dict)
    night = models.DateField()
    due_on = models.DateField()
    restricted = models.BooleanField(default=False)  #: support measures: a named role only
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    outcome = SealedText(blank=True, default="")
    done_by = models.CharField(max_length=60, blank=True)
    done_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        """A task is made once per key."""

        app_label = "approval"
        constraints = [models.UniqueConstraint(fields=["municipality_code", "key"], name="one_task_per_key")]
        indexes = [models.Index(fields=["municipality_code", "state", "due_on", "id"], name="tasks_by_due")]


class Suppression(models.Model):
    """A notice that was not prepared or not sent, and the named reason with its law."""

    municipality_code = models.CharField(max_length=6)
    key = models.CharField(max_length=64)
    reason = models.CharField(max_length=40)
    law = models.CharField(max_length=80)
    event_id = models.CharField(max_length=64)
    event = models.CharField(max_length=10)
    programme = models.CharField(max_length=60, blank=True)
    subject_id = models.CharField(max_length=15)
    night = models.DateField()

    class Meta:
        """Counted once per key."""

        app_label = "approval"
        constraints = [models.UniqueConstraint(fields=["municipality_code", "key"], name="one_suppression_per_key")]


class Decision(models.Model):
    """One officer's decision on one item, bound to the content it was taken on."""

    #: without an index of its own: `one_decision_per_officer_and_content` begins with it
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="decisions", db_index=False)
    officer = models.CharField(max_length=60)
    verdict = models.CharField(max_length=10)  #: approve, reject
    reason_code = models.CharField(max_length=40, blank=True)
    comment = SealedText(blank=True, default="")
    content_hash = models.CharField(max_length=64)
    voided = models.BooleanField(default=False)
    decided_at = models.DateTimeField()

    class Meta:
        """An officer decides an item once per content."""

        app_label = "approval"
        constraints = [
            models.UniqueConstraint(
                fields=["item", "officer", "content_hash"], name="one_decision_per_officer_and_content"
            )
        ]


class NoticeEdit(models.Model):
    """Words of one notice that an officer changed, with what stood before. Never changed itself; the newest of a text stands."""

    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="edits")
    municipality_code = models.CharField(max_length=6)
    programme = models.CharField(max_length=60, blank=True)  #: empty: the event's opening
    base_version = models.CharField(max_length=64)  #: the approved wording it rests on
    version = models.CharField(max_length=64)  #: SHA-256 of the sections
    before = SealedJson()  #: section name → text with {slots}
    sections = SealedJson()  #: section name → text with {slots}
    editor = models.CharField(max_length=60)
    edited_at = models.DateTimeField()


class Selection(models.Model):
    """A part of the queue as an officer saw it: what one approval of many is bound to. Never changed, only carried out and undone."""

    municipality_code = models.CharField(max_length=6)
    officer = models.CharField(max_length=60)
    filters = models.JSONField(default=dict)
    frozen = models.JSONField(default=list)  #: [notice id, content hash] of each that will be approved
    left_out = models.JSONField(default=dict)  #: why → how many of the filter were not taken in
    send_on = models.DateField(null=True)
    made_at = models.DateTimeField()
    approved_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)
    outcome = models.JSONField(default=dict)  #: {"approved": [ids], "not_approved": {number: why}, "undone": n}

    class Meta:
        """Found by its own number."""

        app_label = "approval"


class PersonLook(models.Model):
    """That an officer opened a person's page, when and why: the page's address is this row's number, never the person's."""

    municipality_code = models.CharField(max_length=6)
    resident_id = models.CharField(max_length=15)
    officer = models.CharField(max_length=60)
    reason = models.CharField(max_length=200)
    looked_at = models.DateTimeField()

    class Meta:
        """Read newest first, and by person."""

        app_label = "approval"
        indexes = [models.Index(fields=["municipality_code", "resident_id", "id"], name="looks_at_person")]


class AuditRow(models.Model):
    """One link of the hash chain: what was done, by whom, to what. No personal data in it."""

    municipality_code = models.CharField(max_length=6)
    sequence = models.BigIntegerField()
    at = models.DateTimeField()
    actor = models.CharField(max_length=60)
    action = models.CharField(max_length=60)
    subject = models.CharField(max_length=80)  #: notice:<id>, task:<id>, wording:<id>, publication:<night> …
    details = models.JSONField(default=dict)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        """One row per place in the chain."""

        app_label = "approval"
        constraints = [
            models.UniqueConstraint(fields=["municipality_code", "sequence"], name="one_audit_row_per_place")
        ]


class OutboxRow(models.Model):
    """An approved notice on its way out. Written in the transaction of the approval that completed it."""

    notice = models.OneToOneField(Notice, on_delete=models.PROTECT, related_name="outbox")
    municipality_code = models.CharField(max_length=6)
    channel = models.CharField(max_length=20)  #: folder
    content_hash = models.CharField(max_length=64)  #: what was approved
    not_before = models.DateTimeField()  #: end of the undo window, or of the grief delay
    not_after = models.DateField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        """Exactly one row per approved notice."""

        app_label = "approval"


class Attempt(models.Model):
    """One try to hand a notice to a channel; committed before the channel is called."""

    outbox = models.ForeignKey(OutboxRow, on_delete=models.PROTECT, related_name="attempts")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=20, blank=True)  #: accepted, refused, unknown, stopped
    receipt = models.CharField(max_length=200, blank=True)

    class Meta:
        """Attempts are numbered by their row."""

        app_label = "approval"


class StaffMember(models.Model):
    """What a signed-in person may do: roles, and the offices whose items and evidence they see."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="staff")
    municipality_code = models.CharField(max_length=6)
    display_name = models.CharField(max_length=60)
    offices = models.JSONField(default=list)
    roles = models.JSONField(default=list)  #: of `approval.accounts.ROLES`

    class Meta:
        """One per account."""

        app_label = "approval"
