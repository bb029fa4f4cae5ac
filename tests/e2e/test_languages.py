"""Languages: longer texts and the other direction fit everywhere (UX.md 60); German is German, its numbers too."""

import re
from collections.abc import Callable, Iterator

import pytest
from e2e.conftest import ANSWERED, CEILING_MS
from e2e.house import (
    BESIDE,
    DESK,
    PHONE,
    House,
    does_not_fit,
    furnish,
    goes_in_the_page,
    rests,
)
from e2e.people import Person
from playwright.sync_api import Browser, expect
from served import Api, Served


def speaker(browser: Browser, served: Served, language: str) -> Person:
    """Somebody whose browser was told to speak a language."""
    context = browser.new_context(viewport=DESK, reduced_motion="reduce")
    context.add_init_script(
        f"{ANSWERED}; if (localStorage.getItem('holotable.language') === null) "
        f"localStorage.setItem('holotable.language', '{language}')"
    )
    context.set_default_timeout(CEILING_MS)
    return Person(context, served)


@pytest.fixture(scope="module")
def setup_page(shared_server: Served, chromium: Browser) -> dict[str, list[str]]:
    """What does not fit on the page that only exists before there is an owner."""
    found: dict[str, list[str]] = {}
    for language in ("en-XA", "en-XB"):
        person = speaker(chromium, shared_server, language)
        person.goes_to("/setup")
        expect(person.see("setup-form")).to_be_visible()
        for size in (DESK, PHONE):
            person.page.set_viewport_size(size)
            rests(person.page)
            found.setdefault(language, []).extend(does_not_fit(person.page))
        person.context.close()
    return found


@pytest.fixture(scope="module")
def house(
    setup_page: dict[str, list[str]], owner: Api, tmp_path_factory: pytest.TempPathFactory
) -> House:
    assert setup_page, "it was read before there was an owner"
    return furnish(owner, tmp_path_factory.mktemp("house"))


@pytest.fixture
def spoken(chromium: Browser, shared_server: Served) -> Iterator[Callable[[str], Person]]:
    people: list[Person] = []

    def speak(language: str) -> Person:
        people.append(speaker(chromium, shared_server, language))
        return people[-1]

    yield speak
    for person in people:
        person.context.close()


def opens_beside(person: Person, panel: str) -> None:
    """Open a panel of the workspace by its button, unless it is open."""
    button = person.see(f"rail-{panel}")
    if button.get_attribute("aria-pressed") != "true":
        button.click()
    rests(person.page)


@pytest.mark.parametrize("language", ["en-XA", "en-XB"])
def test_longer_texts_fit_on_every_page_in_both_directions_ux_60(
    language: str,
    setup_page: dict[str, list[str]],
    house: House,
    spoken: Callable[[str], Person],
) -> None:
    found = {"/setup": setup_page[language]}
    mia = spoken(language)

    def read(name: str) -> None:
        found.setdefault(name, []).extend(does_not_fit(mia.page))

    def visits(pages: tuple[str, ...]) -> None:
        for path in pages:
            goes_in_the_page(mia, path)
            for size in (DESK, PHONE):
                mia.page.set_viewport_size(size)
                rests(mia.page)
                read(f"{path} at {size['width']}")

    mia.goes_to("/signin")
    expect(mia.see("signin-form")).to_be_visible()
    expect(mia.page.locator("html")).to_have_attribute("lang", language)
    expect(mia.page.locator("html")).to_have_attribute(
        "dir", "rtl" if language == "en-XB" else "ltr"
    )
    visits(house.outside)
    mia.signs_in()
    visits(house.inside)
    assert {page: texts for page, texts in found.items() if texts} == {}


@pytest.mark.parametrize("language", ["en-XA", "en-XB"])
def test_longer_texts_fit_beside_the_model_ux_60(
    language: str, house: House, spoken: Callable[[str], Person]
) -> None:
    found: dict[str, list[str]] = {}
    mia = spoken(language)
    mia.signs_in()
    mia.page.set_viewport_size(PHONE)
    mia.goes_to(house.workspace)
    mia.settles()
    for size in (PHONE, DESK):
        mia.page.set_viewport_size(size)
        for panel in BESIDE:
            opens_beside(mia, panel)
            if panel == "sections" and mia.see("section-row").count() == 0:
                mia.see("section-add-x").click()
                expect(mia.see("section-areas")).to_be_visible()
            found[f"{panel} at {size['width']}"] = does_not_fit(mia.page)
    right = mia.see("rail-model").bounding_box()
    assert right is not None
    mirrored = right["x"] > DESK["width"] / 2
    assert mirrored == (language == "en-XB"), "the panels change sides, the model does not"
    assert {page: texts for page, texts in found.items() if texts} == {}


def test_shortened_names_say_themselves_in_full_under_the_pointer(
    house: House, spoken: Callable[[str], Person]
) -> None:
    mia = spoken("en-XA")
    mia.signs_in()
    mia.page.set_viewport_size(PHONE)
    asset = next(path for path in house.inside if "/a/" in path)
    goes_in_the_page(mia, asset)
    crumb = mia.page.locator("header .clip").last
    assert crumb.evaluate("(e) => e.scrollWidth > e.clientWidth"), "it is shortened here"
    crumb.hover()
    expect(crumb).to_have_attribute("title", "Planetary gearbox")


def test_german_is_chosen_in_the_settings_kept_and_fetched_alone(
    house: House, spoken: Callable[[str], Person]
) -> None:
    mia = spoken("en")
    mia.is_signed_in()
    mia.goes_to("/settings/me")
    mia.see("language").select_option("de")
    expect(mia.page.locator("html")).to_have_attribute("lang", "de")
    expect(mia.page.locator("h2").first).to_have_text("Aussehen und Eingabe")
    expect(mia.see("language")).to_have_value("de")
    mia.requests.clear()
    mia.goes_to("/")
    expect(mia.page.locator("h1")).to_have_text("Projekte")
    expect(mia.see("project-card").first).to_contain_text("1 Asset · 2 Mitglieder")
    names = [url.rsplit("/", 1)[1] for url in mia.requests]
    assert any(re.match(r"de-.*\.js", name) for name in names)
    assert not any(re.match(r"en-.*\.js", name) for name in names), "English is not fetched"
    goes_in_the_page(mia, "/help")
    words = mia.page.inner_text("main")
    assert "Strg" in words
    assert not re.search(r"\b(the|and|with|Shift|Show|Hide)\b", words)
    mia.goes_to("/settings/me")
    mia.see("language").select_option("en")
    expect(mia.page.locator("html")).to_have_attribute("lang", "en")
    assert not mia.errors


def test_german_writes_and_reads_its_own_numbers(
    house: House, spoken: Callable[[str], Person]
) -> None:
    mia = spoken("de-AT")
    mia.is_signed_in()
    mia.opens_viewer(house.asset_id)
    expect(mia.see("properties")).to_contain_text("40,00 × 20,00 × 12,00 mm")
    mia.see("rail-sections").click()
    mia.see("section-add-x").click()
    offset = mia.see("section-offset")
    offset.fill("1.2,5")  # no number in any language
    offset.press("Enter")
    expect(offset).to_have_attribute("aria-invalid", "true")
    offset.fill("12,5")
    offset.press("Enter")
    expect(offset).to_have_value("12,50 mm")
    expect(mia.see("section-areas")).to_contain_text("40,00 mm²")
    mia.see("status-unit").select_option("um")
    expect(mia.see("properties")).to_contain_text("40.000 × 20.000 × 12.000 µm")
    mia.see("status-precision").select_option("2")
    expect(offset).to_have_value("12.500,00 µm")
    offset.fill("1.234,56")
    offset.press("Enter")
    expect(offset).to_have_value("1.234,56 µm")
    expect(mia.see("chip-sections")).to_contain_text("1 Schnitt")
    expect(mia.see("toolbar-undo")).to_have_attribute("title", re.compile("Rückgängig: Schnitt"))
    assert not mia.errors
