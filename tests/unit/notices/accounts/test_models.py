import pytest
from django.core.exceptions import FieldError

from notices.accounts.models import Credential


@pytest.mark.django_db
def test_the_secret_is_sealed() -> None:
    with pytest.raises(FieldError, match="sealed"):
        Credential.objects.filter(secret="x").exists()
