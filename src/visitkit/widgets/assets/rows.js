export default {
  render({ model, el: root }) {
    const me = Math.random().toString(36).slice(2);
    const say = (key) => model.get("words")[key] ?? "";
    let rows = [];
    let more = false;
    let waiting = 0;
    let asked = { chosen: {}, words: "" };

    const title = el("h4", {});
    const bar = el("div", { class: "vk-bar" });
    const table = el("table", {});
    const hold = el("div", { class: "vk-hold", tabindex: "0", role: "region", "aria-label": "" }, table);
    const next = el("button", { type: "button", class: "vk-more" });
    const said = el("p", { class: "vk-said", role: "status", "aria-live": "polite" });
    root.append(el("div", { class: "vk vk-rows" }, title, bar, said, hold, next));
    next.addEventListener("click", () => model.send({ kind: "more" }));

    function narrow() {
      clearTimeout(waiting);
      waiting = setTimeout(() => model.send({ kind: "narrow", ...asked }), 150);
    }

    function paintBar() {
      const frame = model.get("frame");
      const held = bar.contains(document.activeElement) ? document.activeElement.dataset.name : "";
      const parts = (frame.filters ?? []).map((one) => {
        const id = `${me}-${one.name}`;
        const options = [["", say("everything")], ...one.choices];
        const node = el("select", { id, "data-name": one.name }, options.map(([code, word]) => el("option", { value: code }, word)));
        node.value = asked.chosen[one.name] ?? "";
        if (node.selectedIndex < 0) node.value = "";
        node.addEventListener("change", () => {
          asked.chosen[one.name] = node.value;
          narrow();
        });
        return el("span", { class: "vk-one" }, el("label", { for: id }, one.label), node);
      });
      if (frame.search) {
        const id = `${me}-search`;
        const input = el("input", { id, type: "search", "data-name": "search", autocomplete: "off" });
        input.value = asked.words;
        input.addEventListener("input", () => {
          asked.words = input.value;
          narrow();
        });
        input.addEventListener("keydown", (event) => event.stopPropagation());
        parts.push(el("span", { class: "vk-one" }, el("label", { for: id }, say("search")), input));
      }
      bar.replaceChildren(...parts);
      bar.hidden = !parts.length;
      if (held) bar.querySelector(`[data-name="${held}"]`)?.focus();
      next.textContent = say("more");
    }

    const signs = { late: "▲", calm: "●" };

    function line(row) {
      const cells = row.cells.map((cell, place) => {
        const sign = place === 0 && row.mark ? el("span", { class: `vk-mark vk-${row.mark}`, "aria-hidden": "true" }, `${signs[row.mark]} `) : null;
        return el(place === 0 ? "th" : "td", place === 0 ? { scope: "row" } : {}, sign, cell);
      });
      if (model.get("frame").acts) {
        const buttons = row.actions.map(([code, word]) => {
          const node = el("button", { type: "button", "data-act": `${row.key} ${code}`, "aria-label": `${word}: ${row.cells.slice(0, 2).join(", ")}` }, word);
          node.addEventListener("click", () => model.send({ kind: "act", key: row.key, action: code }));
          return node;
        });
        cells.push(el("td", { class: "vk-acts" }, buttons));
      }
      return el("tr", { class: row.mark ? `vk-row-${row.mark}` : "" }, cells);
    }

    function paint() {
      const frame = model.get("frame");
      const held = table.contains(document.activeElement) ? document.activeElement.dataset.act : "";
      const heads = (frame.columns ?? []).map((word) => el("th", { scope: "col" }, word));
      if (frame.acts) heads.push(el("td", {}, el("span", { class: "vk-hidden" }, say("acts"))));
      hold.hidden = !rows.length;
      title.textContent = frame.caption ?? "";
      hold.setAttribute("aria-label", frame.caption ?? "");
      table.replaceChildren(
        el("caption", {}, frame.caption ?? ""),
        el("thead", {}, el("tr", {}, heads)),
        el("tbody", {}, rows.map(line)),
      );
      next.hidden = !more;
      if (held) table.querySelector(`[data-act="${CSS.escape(held)}"]`)?.focus();
    }

    function tell() {
      said.textContent = model.get("said");
    }

    function heard(message) {
      if (message?.kind !== "rows") return;
      rows = message.rows;
      more = message.more;
      paint();
    }

    const reframe = () => {
      paintBar();
      paint();
    };
    model.on("change:frame", reframe);
    model.on("change:words", reframe);
    model.on("change:said", tell);
    model.on("msg:custom", heard);
    reframe();
    tell();
    model.send({ kind: "ready" });
    return () => {
      clearTimeout(waiting);
      model.off("change:frame", reframe);
      model.off("change:words", reframe);
      model.off("change:said", tell);
      model.off("msg:custom", heard);
    };
  },
};
