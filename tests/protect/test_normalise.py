from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from habitue.protect.names import latin, name_form, same_name, within_one_edit
from habitue.protect.normalise import is_role, normalised
from habitue.protect.phones import phone_form, region_of, regions


@pytest.mark.parametrize(
    ("written", "compared"),
    [
        ("Ann.Lee+shop@gmail.com", "annlee@gmail.com"),
        ("annlee@googlemail.com", "annlee@gmail.com"),
        ("ann.lee+x@outlook.com", "ann.lee@outlook.com"),
        ("ann.lee+x@corner.example", "ann.lee+x@corner.example"),
        ("ann-shop@yahoo.co.uk", "ann@yahoo.co.uk"),
        ("ann-lee@corner.example", "ann-lee@corner.example"),
        ("ａｎｎ＠ｅｘａｍｐｌｅ．ｃｏｍ", "ann@example.com"),
        ("mailto:ann@example.com.", "ann@example.com"),
        ("ann@bücher.example", "ann@xn--bcher-kva.example"),
        ("ann@me.com", "ann@icloud.com"),
        ("no-reply@example.com", ""),
        ("a***@example.com", ""),
        ("ann@@example.com", ""),
        ("ann at example.com", ""),
    ],
)
def test_an_address_is_compared_as_its_provider_delivers_it(written: str, compared: str) -> None:
    assert normalised("email", written) == compared


@pytest.mark.parametrize(
    ("written", "hints", "compared"),
    [
        ("07700 900123", ("GB",), "+447700900123"),
        ("0044 7700 900123", (), "+447700900123"),
        ("(310) 555-1234 ext. 5", ("US",), "+13105551234"),
        ("１３９１２３４５６７８", (), "+8613912345678"),
        ("86 139 1234 5678", (), "+8613912345678"),
        ("0531-88886666", ("CN",), "+8653188886666"),
        ("13912345678", ("GB", "US"), "+13912345678"),
        ("13912345678", ("GB",), "+8613912345678"),
        ("07700 900123", (), "?7700900123"),
        ("138****1234", ("CN",), ""),
        ("00000000", (), ""),
        ("13800138000", (), ""),
        ("12345678", ("CN",), ""),
        ("0123456789", ("GB",), ""),
        ("13900000000", (), ""),
        ("+44 12", (), ""),
        ("123", (), ""),
    ],
)
def test_a_telephone_is_one_number_however_it_is_written(
    written: str, hints: tuple[str, ...], compared: str
) -> None:
    assert phone_form(written, hints) == compared


def test_what_is_told_by_pattern_is_what_the_library_says() -> None:
    import phonenumbers

    for number in ("+8613912345678", "+447700900123", "+13105551234"):
        parsed = phonenumbers.parse(number, None)
        e164 = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
        assert phone_form(number) == e164 == number


@given(st.text(max_size=40))
def test_any_text_can_be_compared_and_comparing_twice_changes_nothing(text: str) -> None:
    for kind in ("email", "phone", "handle", "customer_id", "name"):
        form = normalised(kind, text, ("GB",))
        if not form.startswith("?"):
            assert normalised(kind, form, ("GB",)) in (form, "") if form else True


def test_countries_come_from_what_an_export_says() -> None:
    assert region_of("Great Britain") == region_of("英国") == region_of("gb") == "GB"
    assert regions("中国", "GBP", "America/New_York", "EUR", "") == ("CN", "GB", "US")


def test_place_holders_are_no_customer_numbers() -> None:
    assert normalised("customer_id", " NULL ") == normalised("customer_id", "游客") == ""
    assert normalised("handle", "@Ann") == "ann"


def test_desks_are_told_from_persons() -> None:
    assert is_role("reception@firm.example")
    assert not is_role("info@qq.com")


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Ann Lee", "LEE, Ann"),
        ("Ann Lee", "Lee Ann"),
        ("Bob Smith", "Robert Smith"),
        ("A. Lee", "Ann Lee"),
        ("Mr Jon Smith", "John Smith"),
        ("Ann", "Ann Lee"),
        ("Ann Lee", "Ann Smith"),
        ("José García", "Jose Garcia"),
        ("王小明", "Xiaoming Wang"),
        ("王小明", "WANG XIAO MING"),
        ("張偉", "张伟"),
        ("欧阳小明", "Ouyang Xiaoming"),
        ("王小明", "Kevin Wang"),
        ("王小明 先生", "王晓明"),
    ],
)
def test_these_can_be_one_person(a: str, b: str) -> None:
    assert same_name(name_form(a), name_form(b))
    assert same_name(name_form(b), name_form(a))


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Ann Lee", "Bob Lee"),
        ("Laura Hobbs", "Lisa Hobbs"),
        ("王伟", "王丽"),
        ("欧磊凡", "欧磊黛"),
        ("王小明", "Li Wang"),
        ("王伟", "Bob Smith"),
    ],
)
def test_these_are_two(a: str, b: str) -> None:
    assert not same_name(name_form(a), name_form(b))


def test_names_that_tell_nobody_apart_are_none() -> None:
    assert [name_form(n) for n in ("王*", "王先生", "匿名", "Mr", "guest", "x@y.z", "")] == [""] * 7


def test_a_chinese_name_in_latin_letters_is_read_as_a_name() -> None:
    assert [latin(n) for n in ("曾小明", "單田芳", "Ann Lee")] == [
        "Xiaoming Zeng",
        "Tianfang Shan",
        "Ann Lee",
    ]


@given(st.text("abc", max_size=6), st.text("abc", max_size=6))
def test_one_edit_agrees_with_trying_all_edits(a: str, b: str) -> None:
    tried = {a}
    for at in range(len(a) + 1):
        tried |= {a[:at] + a[at + 1 :], a[:at] + a[at + 1 : at + 2] + a[at : at + 1] + a[at + 2 :]}
        tried |= {a[:at] + c + rest for c in "abc" for rest in (a[at:], a[at + 1 :])}
    assert within_one_edit(a, b) == (b in tried)
