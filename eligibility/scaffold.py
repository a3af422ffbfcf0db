"""A new programme file to fill in: complete enough to be checked at once, with a word in Japanese on what belongs where."""

from datetime import date, timedelta
from pathlib import Path

from eligibility.lint import UNFILLED
from engine.core.errors import InputError

_TEMPLATE = """\
# {slug}. Unsigned research draft: an office must confirm every line before it is used outside the demo.
slug: {slug}
name: {{ja: {ja}, en: {en}}}
law: {{name: {law}, articles: "{articles}"}}
office: {office}  # 決裁する課（設定の [offices.{office}]）
level: municipal  # national（国）、prefectural（県）、municipal（市）
recipient: self  # だれあてか：self（本人）、guardian（保護者）、self_or_guardian（本人か保護者）、
  # mother（母）、next_of_kin（遺族）、nhi_payer（国保の納付義務者）
valid_from: {today}  # この内容が効力をもつ最初の日
verified_on: {today}  # 法令と照らして確かめた日
next_review: {review}  # 見直しの期日。過ぎるとお知らせは自動では作られません
triggers:
  {event}: {{kind: information}}  # entitlement（給付）、duty（義務）、ending（終了）、information（お知らせ）
gives:
  ja: {gives}
  en: Say in a short sentence what it is about.
how_to_apply:
  ja: 窓口に申請書を出してください。
  en: Hand in the application form at the office.
documents:
  - {{ja: 本人確認の書類, en: an identity document}}
reads:  # 下の規則が読む列と、その根拠。台帳 eligibility/purposes.yaml で許されたものだけです
  residents: {{basis: 住民基本台帳法1条による事務処理の基礎, columns: [birth_date, status]}}
criteria:
  all:
    - id: old_enough  # このファイルの中で1つだけの名前（半角の小文字）
      label: {{ja: 65歳以上, en: 65 or over}}  # 職員が読む短い言葉
      expr: reaches_age_on(subject.birth_date, 65) <= as_of  # 誕生日の前の日の終わりに満65歳になります
      cites: "{law}{articles}"
      verify: {{ja: 生年月日を確かめてください。, en: Find out the date of birth.}}
    - id: lives_here
      label: {{ja: 市に住んでいる, en: lives in the city}}
      expr: subject.status = 'RESIDENT'
      cites: "{law}{articles}"
      verify: {{ja: 市に住んでいるかどうかを確かめてください。, en: Find out whether the person lives here.}}
    - id: to_be_asked  # 記録からは分からないので本人に聞きます。聞くことがなければ消してください
      label: {{ja: {label}, en: the condition in a few words}}
      cites: "{law}{articles}"
      when_unknown: ask
      ask:
        ja: {ask}
        en: Write here what the reader should check.
limit_days: 365  # 出来事からこの日数を過ぎると、職員のしごとになります
marks: ["K: まだ確かめていないこと"]
given:  # すべての例に共通の事実
  as_of: {today}
  event: {{occurred_on: {today}}}
  subject: {{resident_id: "1", birth_date: {just_65}, status: RESIDENT}}
examples:  # 境目の両側を書きます。足りない側は `todoke programmes check --mutants {slug}.yaml` が示します
  - {{name: the day before the birthday, verdict: possible}}
  - {{name: a day too young, subject: {{birth_date: {not_yet}}}, verdict: ineligible}}
  - {{name: moved away, subject: {{status: MOVED_OUT}}, verdict: ineligible}}
  - {{name: the day before this text of the law counts, as_of: {eve}, verdict: ineligible, excluded: not_in_force}}
  - {{name: the date of birth is not known, subject: {{birth_date: null}}, verdict: possible}}
"""


def scaffold(
    folder: Path, slug: str, *, ja: str, en: str, law: str, articles: str, office: str, event: str, today: date
) -> Path:
    """Writes `<slug>.yaml` into a folder and returns its path. Raises InputError when it is there already."""
    path = folder / f"{slug}.yaml"
    if path.exists():
        raise InputError(f"{path} is there already; choose another slug, or change that file")
    folder.mkdir(parents=True, exist_ok=True)
    review = date(today.year + 1, 4, 1)
    told = {"slug": slug, "ja": ja, "en": en, "law": law, "articles": articles, "office": office, "event": event}
    just_65, not_yet = (_born_65_years_before(today + timedelta(days=days)) for days in (1, 2))
    eve = today - timedelta(days=1)
    told |= dict(zip(("gives", "label", "ask"), UNFILLED, strict=True))
    text = _TEMPLATE.format(**told, today=today, review=review, just_65=just_65, not_yet=not_yet, eve=eve)
    path.write_text(text, encoding="utf-8")
    return path


def _born_65_years_before(on: date) -> date:
    """Who has their 65th birthday on a date; on 29 February, which may not have been, the day after."""
    if (on.month, on.day) == (2, 29):
        on += timedelta(days=1)
    return on.replace(year=on.year - 65)
