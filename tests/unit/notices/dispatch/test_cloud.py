"""What a service's answer says of whether it took something."""

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, ReadTimeoutError

from notices.dispatch.channel import Refused, Unsure
from notices.dispatch.cloud import calling, service, status_of
from tests.support.services import free_port


def answered(status: int, code: str = "Throttling") -> ClientError:
    return ClientError(
        {"Error": {"Code": code, "Message": "hanako@example.jp"}, "ResponseMetadata": {"HTTPStatusCode": status}},
        "SendEmail",
    )


@pytest.mark.parametrize(
    ("fault", "raised", "said"),
    [
        pytest.param(answered(429), Refused, "SES answered Throttling", id="throttled"),
        pytest.param(answered(503), Unsure, "SES answered Throttling", id="a fault of the service"),
        pytest.param(EndpointConnectionError(endpoint_url="x"), Refused, "was not reached", id="never left"),
        pytest.param(ReadTimeoutError(endpoint_url="x"), Unsure, "did not answer", id="no answer"),
    ],
)
def test_a_fault_is_told_apart(fault: Exception, raised: type[Exception], said: str) -> None:
    with pytest.raises(raised, match=said) as found, calling("SES"):
        raise fault
    assert "hanako" not in str(found.value)


def test_a_code_named_final_is_final() -> None:
    with pytest.raises(Refused) as found, calling("SES", final=frozenset({"MessageRejected"})):
        raise answered(400, "MessageRejected")
    assert found.value.final
    assert status_of(answered(400)) == 400


def test_nothing_is_tried_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    url = f"http://127.0.0.1:{free_port()}"
    client = service("sns", region="ap-northeast-1", endpoint_url=url, timeout_seconds=1)
    assert client.meta.config.retries["total_max_attempts"] == 1
    with pytest.raises(Refused), calling("SNS"):
        client.publish(PhoneNumber="+819012345678", Message="x")
    client.close()
