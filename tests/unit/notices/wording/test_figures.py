import pytest

from notices.wording.figures import figures
from notices.wording.language import read_language


@pytest.mark.parametrize(
    ("code", "text", "found"),
    [
        pytest.param("ja", "12月8日（火）まで", ("date:--12-08:1",), id="date"),
        pytest.param("ja", "2028年11月18日（土）", ("date:2028-11-18:5",), id="date with year"),
        pytest.param("en", "By Tuesday, 8 December 2026.", ("date:2026-12-08:1",), id="English date"),
        pytest.param("ja", "月15,000円か30,000円", ("yen:15000", "yen:30000"), id="yen in order"),
        pytest.param("en", "15,000 yen a month", ("yen:15000",), id="English yen"),
        pytest.param("ja", "電話 0742-00-0001", ("phone:0742-00-0001",), id="phone"),
        pytest.param("ja", "平日8:30〜17:15", ("number:8:30", "number:17:15"), id="hours"),
        pytest.param("ja", "N-2026-004217", ("reference:N-2026-004217",), id="notice number"),
        pytest.param("ja", "見る：https://a.example/1。", ("url:https://a.example/1",), id="page"),
        pytest.param("ja", "①と½と３", ("number:①", "number:½", "number:３"), id="numbers of every kind"),
        pytest.param("ja", "数はない", (), id="none"),
    ],
)
def test_figures_are_read_by_role_and_in_order(code: str, text: str, found: tuple[str, ...]) -> None:
    assert figures(text, read_language(code)) == found
