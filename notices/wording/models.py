"""The wording library: versions of blocks, each with who wrote it, what the guard said and who approved it."""

from django.db import models


class Wording(models.Model):
    """One version of the text for a programme × event × kind × language × register; an empty programme is the event's opening."""

    class State(models.TextChoices):
        """drafted → in_review → approved | rejected → superseded."""

        DRAFTED = "drafted"
        IN_REVIEW = "in_review"
        APPROVED = "approved"
        REJECTED = "rejected"
        SUPERSEDED = "superseded"

    municipality_code = models.CharField(max_length=6)
    programme = models.CharField(max_length=60, blank=True)
    event = models.CharField(max_length=10)
    kind = models.CharField(max_length=20)  #: entitlement, duty, ending, information
    language = models.CharField(max_length=8)
    register = models.CharField(max_length=10)  #: plain, easy
    version = models.CharField(max_length=64)  #: SHA-256 of the sections
    sections = models.JSONField()  #: section name → text with {slots}
    drafter = models.CharField(max_length=120)
    findings = models.JSONField(default=list)
    office = models.CharField(max_length=60, blank=True)  #: whose programme it is; empty: an event's opening
    model_id = models.CharField(max_length=160, blank=True)
    recipe = models.CharField(max_length=64, blank=True)  #: SHA-256 of facts, prompt or templates, and language
    fallback = models.CharField(max_length=200, blank=True)  #: why the model's own draft was not taken
    readability = models.JSONField(default=dict)
    back_translation = models.JSONField(default=dict)  #: {"sections", "by"}, or {"none": why there is none}
    tokens_in = models.IntegerField(default=0)
    tokens_out = models.IntegerField(default=0)
    cost_usd = models.FloatField(default=0)
    state = models.CharField(max_length=12, choices=State.choices, default=State.DRAFTED)
    reviewer = models.CharField(max_length=60, blank=True)  #: who is reading it, or who sent it back
    rejected_because = models.CharField(max_length=300, blank=True)
    approved_by = models.CharField(max_length=60, blank=True)
    approved_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        """A text is stored once per use."""

        app_label = "wording"
        constraints = [
            models.UniqueConstraint(
                fields=["municipality_code", "programme", "event", "kind", "language", "register", "version"],
                name="one_wording_version",
            )
        ]
