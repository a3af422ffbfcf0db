"""The published safety tables: what approval and dispatch know of who may be written to. Written each night in one transaction."""

from django.db import models

from notices.sealing import SealedJson, SealedText


class SafetyPublication(models.Model):
    """One attempt to publish safety facts. Approval and dispatch need the newest one to be `complete` and recent."""

    municipality_code = models.CharField(max_length=6)
    night = models.DateField()
    data_date = models.DateField(null=True)  #: business date of the support-measure feed it rests on
    complete = models.BooleanField()
    reason = models.CharField(max_length=300, blank=True)  #: why not complete, in one line without personal data
    published_at = models.DateTimeField()

    class Meta:
        """One row per night and municipality: a repeated night replaces its own."""

        app_label = "recipients"
        constraints = [models.UniqueConstraint(fields=["municipality_code", "night"], name="one_publication_a_night")]


class Block(models.Model):
    """A person nobody may be written to about or at, and the hard stop that says so (law.md L1, reader rule 2, calls)."""

    municipality_code = models.CharField(max_length=6)
    resident_id = models.CharField(max_length=15)
    reason = models.CharField(
        max_length=40
    )  #: support_measure, perpetrator, shares_household, quarantined, held_by_call
    law = models.CharField(max_length=80)
    since = models.DateField()

    class Meta:
        """A person may be blocked for several reasons, each once."""

        app_label = "recipients"
        constraints = [
            models.UniqueConstraint(fields=["municipality_code", "resident_id", "reason"], name="one_block_per_reason")
        ]


class Contact(models.Model):
    """Where a resident with an open notice can be reached: state and address of the newest night."""

    municipality_code = models.CharField(max_length=6)
    resident_id = models.CharField(max_length=15)
    household_id = models.CharField(max_length=15)
    status = models.CharField(max_length=10)  #: RESIDENT, MOVED_OUT, DEAD, DELETED
    name = SealedText()  #: personal data
    postal = SealedText()  #: personal data
    address = SealedText()  #: personal data
    source = models.CharField(max_length=20)  #: residents, or delivery_addresses (送付先)
    destinations = SealedJson(default=dict)  #: 送付先 by purpose: {"LTC": {"name", "postal", "address"}}
    ward = SealedJson(default=False)  #: 成年被後見人: needs a 送付先 (law.md L8)
    language = models.CharField(max_length=8, default="ja")
    channel = models.CharField(max_length=10, default="LETTER")  #: as wished: LETTER, EMAIL, SMS, PUSH, LINE
    email = SealedText(blank=True, default="")  #: personal data
    mobile = SealedText(blank=True, default="")  #: personal data
    push_endpoint = SealedText(blank=True, default="")  #: personal data: where the city's app is reached
    large_print = SealedJson(default=False)
    opted_out_all = models.BooleanField(default=False)
    opted_out_topics = models.CharField(max_length=300, blank=True)  #: programme slugs, comma separated
    data_date = models.DateField()

    class Meta:
        """One row a resident."""

        app_label = "recipients"
        constraints = [models.UniqueConstraint(fields=["municipality_code", "resident_id"], name="one_contact_each")]
        indexes = [models.Index(fields=["municipality_code", "household_id"], name="contacts_of_household")]


class Wish(models.Model):
    """What somebody asked for in a call or at the counter. It stands over the records until it is ended."""

    class Kind(models.TextChoices):
        """No notices that may be stopped; none on one topic; another language."""

        OPT_OUT_ALL = "opt_out_all"
        OPT_OUT_TOPIC = "opt_out_topic"
        LANGUAGE = "language"

    municipality_code = models.CharField(max_length=6)
    resident_id = models.CharField(max_length=15)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    value = models.CharField(max_length=60, blank=True)  #: programme slug, or language
    recorded_by = models.CharField(max_length=60)
    recorded_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        """A person's wishes are read together."""

        app_label = "recipients"
        indexes = [models.Index(fields=["municipality_code", "resident_id"], name="wishes_of_person")]
