const STEP = 100;

export default {
  render({ model, el: root }) {
    const say = (key, facts) => fill(model.get("words")[key] ?? "", facts);
    let order = { column: -1, down: false };
    let narrowed = {};
    let limit = STEP;

    const caption = el("h4", { class: "vk-caption" });
    const searchLabel = el("span");
    const search = el("input", { type: "search" });
    const choices = el("span", { class: "vk-choices" });
    const count = el("span", { class: "vk-count", role: "status", "aria-live": "polite" });
    const head = el("thead");
    const body = el("tbody");
    const table = el("table", {}, head, body);
    const frame = el("div", { class: "vk-frame", tabindex: "0", role: "region" }, table);
    const more = el("button", { type: "button" });
    root.append(
      el("section", { class: "vk vk-listing" }, caption,
        el("div", { class: "vk-tools" }, el("label", {}, searchLabel, " ", search), choices, count),
        frame, more));

    search.addEventListener("input", () => { limit = STEP; paintRows(); });
    more.addEventListener("click", () => { limit += 5 * STEP; paintRows(); });

    function fitting() {
      const sought = search.value.trim().toLowerCase();
      const found = model.get("rows")
        .map((cells, place) => ({ cells, place }))
        .filter(({ cells }) =>
          Object.entries(narrowed).every(([at, value]) => !value || String(cells[at]) === value) &&
          (!sought || cells.some((cell) => String(cell).toLowerCase().includes(sought))));
      if (order.column < 0) return found;
      const sign = order.down ? -1 : 1;
      const number = model.get("columns")[order.column]?.number;
      const compare = (a, b) => {
        if (a === "" || b === "") return (a === "") - (b === "");
        return sign * (number ? a - b : String(a).localeCompare(String(b), undefined, { numeric: true }));
      };
      return found.sort((one, other) =>
        compare(one.cells[order.column], other.cells[order.column]) || one.place - other.place);
    }

    function paintHead() {
      const columns = model.get("columns");
      if (order.column >= columns.length) order = { column: -1, down: false };
      caption.textContent = model.get("caption");
      frame.setAttribute("aria-label", model.get("caption"));
      searchLabel.textContent = say("search");
      head.replaceChildren(el("tr", {}, ...columns.map((column, at) => {
        const here = order.column === at;
        const sign = here ? (order.down ? " ▼" : " ▲") : "";
        const next = here && !order.down ? "sort_down" : "sort_up";
        return el("th", {
          scope: "col", class: column.number ? "vk-number" : null,
          "aria-sort": here ? (order.down ? "descending" : "ascending") : "none",
        }, el("button", {
          type: "button", "aria-label": say(next, { column: column.words }),
          onclick: () => {
            order = { column: at, down: here && !order.down };
            paintHead();
            paintRows();
            head.querySelectorAll("button")[at].focus();
          },
        }, column.words + sign));
      })));
      choices.replaceChildren(...columns.flatMap((column, at) => {
        if (!column.choice) return [];
        const values = [...new Set(model.get("rows").map((cells) => String(cells[at])))].filter(Boolean).sort();
        if (!values.includes(narrowed[at])) narrowed[at] = "";
        const select = el("select", {
          onchange: (event) => { narrowed[at] = event.target.value; limit = STEP; paintRows(); },
        }, el("option", { value: "" }, say("all")), ...values.map((value) => el("option", { value }, value)));
        select.value = narrowed[at];
        return [el("label", {}, `${column.words} `, select)];
      }));
    }

    function choose(place) {
      if (!model.get("selectable")) return;
      model.send({ kind: "choose", row: place === model.get("chosen") ? -1 : place });
    }

    function paintRows() {
      const columns = model.get("columns");
      const found = fitting();
      const focused = document.activeElement?.dataset?.place;
      body.replaceChildren(...found.slice(0, limit).map(({ cells, place }) => {
        const here = place === model.get("chosen");
        return el("tr", { class: here ? "vk-here" : null }, ...cells.map((cell, at) => {
          const name = columns[at]?.number ? "vk-number" : null;
          if (at > 0) return el("td", { class: name }, String(cell));
          const inside = model.get("selectable")
            ? el("button", { type: "button", "aria-pressed": String(here), "data-place": place, onclick: () => choose(place) }, String(cell))
            : String(cell);
          return el("th", { scope: "row", class: name }, inside);
        }));
      }));
      if (focused !== undefined) body.querySelector(`[data-place="${CSS.escape(focused)}"]`)?.focus();
      table.hidden = !found.length;
      count.textContent = model.get("rows").length && !found.length
        ? say("empty")
        : say("count", { number: model.get("rows").length, shown: Math.min(found.length, limit) });
      more.hidden = found.length <= limit;
      more.textContent = say("more", { number: Math.min(5 * STEP, found.length - limit) });
    }

    function paint() {
      paintHead();
      paintRows();
    }

    const watched = { "change:words": paint, "change:columns": paint, "change:rows": paint, "change:caption": paint, "change:chosen": paintRows };
    for (const [name, call] of Object.entries(watched)) model.on(name, call);
    paint();
    return () => Object.entries(watched).forEach(([name, call]) => model.off(name, call));
  },
};
