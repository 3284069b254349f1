export default {
  render({ model, el: root }) {
    const say = (key) => model.get("words")[key] ?? "";
    let sections = [];
    const box = el("div", { class: "vk vk-reading", "aria-live": "polite" });
    root.append(box);

    function table(one) {
      return el(
        "div",
        { class: "vk-hold", tabindex: "0", role: "region", "aria-label": one.caption },
        el(
          "table",
          {},
          el("caption", {}, one.caption),
          el("thead", {}, el("tr", {}, one.headers.map((word) => el("th", { scope: "col" }, word)))),
          el(
            "tbody",
            {},
            one.rows.map((row) =>
              el("tr", {}, row.map((cell, place) => (place ? el("td", {}, cell) : el("th", { scope: "row" }, cell)))),
            ),
          ),
        ),
      );
    }

    // Only pictures that hold themselves whole: no address is asked for.
    function image(one) {
      if (!/^data:image\/(png|svg\+xml);base64,/.test(one.src)) return null;
      return el(
        "figure",
        {},
        el("img", { src: one.src, alt: one.alt.split("\n")[0] }),
        one.alt.includes("\n")
          ? el("details", {}, el("summary", {}, say("in_words")), el("p", { class: "vk-alt" }, one.alt))
          : null,
      );
    }

    function paint() {
      box.replaceChildren(
        ...sections.map((one) =>
          el(
            "section",
            { class: one.tone ? `vk-${one.tone}` : "" },
            one.heading ? el("h4", {}, one.tone === "warning" ? "⚠ " : "", one.heading) : null,
            one.sentences.map((words) => el("p", {}, words)),
            one.tables.map((each) => [table(each), each.note ? el("p", { class: "vk-note" }, each.note) : null]).flat(),
            one.images.map(image),
          ),
        ),
      );
    }

    function focus() {
      const first = box.querySelector("section");
      if (!first) return;
      first.tabIndex = -1;
      first.focus({ preventScroll: true });
      first.scrollIntoView({ block: "start", behavior: "instant" });
    }

    function heard(message) {
      if (message?.kind !== "sections") return;
      sections = message.sections;
      paint();
      if (message.focus) focus();
    }

    model.on("msg:custom", heard);
    model.on("change:words", paint);
    paint();
    model.send({ kind: "ready" });
    return () => {
      model.off("msg:custom", heard);
      model.off("change:words", paint);
    };
  },
};
