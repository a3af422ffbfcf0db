"""What runs and what is asked to run: the job ledger and the requests of staff. `models.py` makes them known to Django."""

from django.db import models


class JobRun(models.Model):
    """The job ledger: one row per (job, municipality, business date)."""

    job = models.CharField(max_length=30)
    municipality_code = models.CharField(max_length=6)
    on = models.DateField()
    state = models.CharField(max_length=10)  #: running, done, halted, failed
    holder = models.CharField(max_length=80)  #: host and process of the run
    heartbeat_at = models.DateTimeField()
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    first_done_at = models.DateTimeField(null=True)  #: kept when a repetition fails
    summary = models.JSONField(default=dict)

    class Meta:
        """Two schedulers cannot both own a date."""

        app_label = "approval"
        constraints = [
            models.UniqueConstraint(fields=["job", "municipality_code", "on"], name="one_run_per_job_and_date")
        ]


class RunRequest(models.Model):
    """Work that staff ask for and the next night does: hold releases, sweeps. `requests.py` writes it; nothing else does."""

    municipality_code = models.CharField(max_length=6)
    kind = models.CharField(max_length=30)  #: a kind of `engine.core.requests`
    payload = models.JSONField(default=dict)  #: what is asked for, without personal data
    asked_by = models.CharField(max_length=60)
    reason = models.CharField(max_length=300)
    asked_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=300, blank=True)  #: what came of it, in a line

    class Meta:
        """Done once; what waits is found at once."""

        app_label = "approval"
        indexes = [models.Index(fields=["municipality_code", "kind", "done_at", "id"], name="requests_waiting")]
