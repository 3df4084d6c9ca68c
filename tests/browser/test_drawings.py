"""Maps and graphs show what their pages carry as data: as many circles and nodes, with links that work."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

WITH_MAP = ["/", "/id/entity/al-shabaab", "/id/entity/hasaka", "/id/entity/ghwayran-prison"]
WITH_GRAPH = ["/id/entity/al-shabaab", "/id/entity/syrian-democratic-forces"]


def carried(page: Page, figure: Locator, attribute: str) -> Any:
    """The JSON that a figure names."""
    name = figure.get_attribute(attribute)
    return json.loads(page.locator(f"script#{name}").text_content() or "")


@pytest.mark.parametrize("path", WITH_MAP)
def test_a_map_has_a_circle_for_each_place(window, path: str) -> None:
    page = window.open(path)
    figure = page.locator("figure.map")
    points = carried(page, figure, "data-points")
    places = {(point["lat"], point["lon"]) for point in points}
    assert places
    expect(figure.locator("path.map-circle")).to_have_count(len(places))
    assert figure.locator("path.map-land").count() > 100  # countries: the basemap is there


def test_a_circle_leads_to_its_place_by_keyboard(window) -> None:
    page = window.open("/")
    page.locator("path.map-circle").first.focus()
    page.keyboard.press("Enter")
    link = page.locator(".map-popup a").first
    expect(link).to_be_focused()
    address = link.get_attribute("href")
    assert address is not None
    page.keyboard.press("Enter")
    page.wait_for_url(address)
    assert "/id/" in page.url


@pytest.mark.parametrize("path", WITH_GRAPH)
def test_a_graph_has_a_node_for_each_thing(window, path: str) -> None:
    page = window.open(path)
    figure = page.locator("figure.graph")
    graph = carried(page, figure, "data-graph")
    nodes, edges = len(graph["nodes"]), len(graph["edges"])
    assert nodes > 1
    canvas = figure.locator("[data-nodes]")
    expect(canvas).to_have_attribute("data-nodes", str(nodes))
    expect(canvas).to_have_attribute("data-edges", str(edges))
    expect(figure.locator(".graph-panel")).to_contain_text(f"{nodes} things, {edges} links")


def test_every_thing_of_a_graph_stands_on_the_page_as_text(window) -> None:
    page = window.open(WITH_GRAPH[0])
    graph = carried(page, page.locator("figure.graph"), "data-graph")
    words = page.locator(".relations").text_content() or ""
    own = page.locator("h1").inner_text()
    assert all(node["label"] in words for node in graph["nodes"] if node["label"] != own)


def test_a_node_is_chosen_and_expanded_by_keyboard(window) -> None:
    page = window.open(WITH_GRAPH[0])
    canvas = page.locator("figure.graph [data-nodes]")
    before = int(canvas.get_attribute("data-nodes") or 0)
    canvas.focus()
    page.keyboard.press("ArrowRight")  # the most joined one
    page.keyboard.press("ArrowRight")
    panel = page.locator(".graph-panel")
    expect(panel.get_by_role("link")).to_be_visible()
    with page.expect_response("**/neighbours?iri=*") as answer:
        page.keyboard.press("Enter")
    known = {node["id"] for node in carried(page, page.locator("figure.graph"), "data-graph")["nodes"]}
    fresh = {node["id"] for node in answer.value.json()["nodes"]} - known
    expect(canvas).to_have_attribute("data-nodes", str(before + len(fresh)))
    expect(panel).to_contain_text("more")
