"""What a person could not read on a page: what hangs out at the side, is cut off, or is faint."""

from __future__ import annotations

from playwright.sync_api import Page

#: Window widths: a small notebook, half a screen, and 1280 at 200 % zoom.
WIDTHS = (1280, 720, 640)

#: Text that is cut off where nobody can bring it into sight, and all that makes the page scroll
#: sideways. A cell of the list is cut on purpose: its row opens the card.
OUTSIDE = """
() => {
  const page = document.scrollingElement;
  const wide = page.clientWidth;
  const found = page.scrollWidth > wide ? [`the page is ${page.scrollWidth} of ${wide} wide`] : [];
  const seen = (node) => node.checkVisibility({ visibilityProperty: true, opacityProperty: true });
  const scrolls = (node) => node && (/auto|scroll/.test(getComputedStyle(node).overflowX)
    || scrolls(node.parentElement));
  for (const node of document.querySelectorAll("body *")) {
    const box = node.getBoundingClientRect();
    if (!seen(node) || box.width < 3 || box.height < 3) continue;
    if (node.closest("svg, .vk-table .vk-cell")) continue;
    const name = `${node.tagName}.${node.className} ${node.textContent.trim().slice(0, 40)}`;
    const words = [...node.childNodes].some((one) => one.nodeType === 3 && one.data.trim());
    const { overflowX, display } = getComputedStyle(node);
    if (words && box.right > wide + 1 && !scrolls(node)) found.push(`outside: ${name}`);
    const kept = overflowX === "hidden" || overflowX === "clip" || node.tagName === "BUTTON";
    if (words && kept && display !== "inline" && node.scrollWidth > node.clientWidth + 1) {
      found.push(`cut off: ${name}`);
    }
  }
  return found;
}
"""

#: WCAG 2.2, 1.4.3, worked out for every text in sight; axe leaves out what lies on an image.
FAINT = """
() => {
  const read = (words) => {
    const [r, g, b, a = 1] = words.match(/[\\d.]+/g).map(Number);
    return { r, g, b, a };
  };
  const over = (top, under) => {
    const mix = (name) => top[name] * top.a + under[name] * (1 - top.a);
    return { r: mix("r"), g: mix("g"), b: mix("b"), a: 1 };
  };
  const light = ({ r, g, b }) => {
    const part = (value) => (value / 255 <= 0.03928 ? value / 255 / 12.92
      : ((value / 255 + 0.055) / 1.055) ** 2.4);
    return 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
  };
  const up = (node) => (node ? [node, ...up(node.parentElement)] : []);
  const found = new Set();
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const node = texts.currentNode.parentElement;
    const box = node.getBoundingClientRect();
    const words = texts.currentNode.data.trim();
    if (!words || box.width < 3 || box.height < 3 || node.closest("script, style")) continue;
    if (!node.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
    if (node.closest(":disabled, [aria-disabled=true]")) continue;
    const styles = up(node).map((one) => getComputedStyle(one));
    const ground = styles.map((one) => read(one.backgroundColor)).reverse()
      .reduce((under, top) => over(top, under), { r: 255, g: 255, b: 255, a: 1 });
    const ink = read(node instanceof SVGElement ? styles[0].fill : styles[0].color);
    ink.a *= styles.reduce((all, one) => all * Number(one.opacity), 1);
    const [low, high] = [light(over(ink, ground)), light(ground)].sort((a, b) => a - b);
    const size = parseFloat(styles[0].fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(styles[0].fontWeight) >= 700);
    const ratio = (high + 0.05) / (low + 0.05);
    if (ratio < (large ? 3 : 4.5)) found.add(`${ratio.toFixed(2)}: ${words.slice(0, 40)}`);
  }
  return [...found];
}
"""


def unreadable(page: Page) -> list[str]:
    """Return what cannot be read in any of the window widths."""
    size = page.viewport_size
    assert size is not None
    found = [f"faint, {one}" for one in page.evaluate(FAINT)]
    for wide in WIDTHS:
        page.set_viewport_size({"width": wide, "height": size["height"]})
        page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
        found += [f"{wide} wide, {one}" for one in page.evaluate(OUTSIDE)]
    page.set_viewport_size(size)
    return found
