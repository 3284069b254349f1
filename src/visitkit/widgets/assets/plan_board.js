const STEP = 30;

export default {
  render({ model, el: root }) {
    const say = (key, facts) => fill(model.get("words")[key] ?? "", facts);
    const unique = `vk-board-${Math.random().toString(36).slice(2)}`;
    const OUT = "";
    let cursor = ""; // the visit that Tab reaches
    let target = null; // where the visit that is held would go; null: nowhere yet
    let back = ""; // the visit to return to
    let typed = null; // keys pressed after picking up or letting go, until Python has answered
    let after = ""; // what is said once the bar is gone
    let limit = STEP;
    let cells = new Map();

    const how = el("p", { class: "vk-how" });
    const searchLabel = el("span");
    const search = el("input", { type: "search" });
    const allLabel = el("span");
    const everyone = el("input", { type: "checkbox" });
    const undo = el("button", { type: "button" });
    const counts = el("span", { class: "vk-counts" });
    // Above everything at the foot of the window: nothing moves under a hand that drags, and cost and
    // rules are in sight wherever the table is scrolled to.
    const bar = el("div", { class: "vk-bar", role: "group", popover: "manual" });
    const open = () => bar.matches(":popover-open");
    const head = el("thead");
    const body = el("tbody");
    const table = el("table", {}, head, body);
    const frame = el("div", { class: "vk-frame", tabindex: "0", role: "region" }, table);
    const broken = el("div", { class: "vk-broken" });
    const leftTitle = el("h4");
    const leftSearchLabel = el("span");
    const leftSearch = el("input", { type: "search" });
    const kindLabel = el("span");
    const kinds = el("select");
    const leftCount = el("span", { class: "vk-counts" });
    const list = el("ul", { class: "vk-left" });
    const more = el("button", { type: "button" });
    const told = el("div", { class: "vk-hidden", "aria-live": "polite" });
    const seen = el("div", { class: "vk-told" });
    root.append(el("section", { class: "vk vk-plan-board" },
      how,
      el("div", { class: "vk-tools" },
        el("label", {}, searchLabel, " ", search), el("label", {}, everyone, " ", allLabel), undo, counts),
      seen, frame, bar, broken,
      leftTitle,
      el("div", { class: "vk-tools" },
        el("label", {}, leftSearchLabel, " ", leftSearch), el("label", {}, kindLabel, " ", kinds), leftCount),
      list, more, told));

    const shape = () => model.get("shape");
    const held = () => (model.get("held").id ? model.get("held") : null);
    const step = () => {
      const found = model.get("step");
      return held() && target !== null && found.id === held().id && found.spot === target ? found : null;
    };
    const spotOf = (day, teacher) => `${day.id}|${teacher.id}`;

    // Picking up, aiming, dropping.

    function pick(id) {
      if (held()?.id === id) return;
      back = id;
      target = null;
      typed = [];
      model.send({ kind: "pick", id });
    }

    function aim(spot, focus = true) {
      if (!held() || held().frozen || (spot === OUT && !held().inside)) return;
      if (spot !== target) {
        target = spot;
        model.send({ kind: "over", id: held().id, spot });
      }
      paintHeld();
      if (focus && cells.has(spot)) {
        cells.get(spot).focus({ preventScroll: true });
        cells.get(spot).scrollIntoView({ block: "center", inline: "nearest" });
      }
    }

    function drop() {
      const now = step();
      if (!now || now.refused) return;
      cursor = held().id;
      back = held().id;
      model.send({ kind: "drop", id: held().id, spot: target });
    }

    function cancel() {
      if (!held()) return;
      target = null;
      typed = [];
      model.send({ kind: "cancel" });
      after = say("let_go");
      tell(after);
    }

    function tell(words) {
      told.textContent = words;
      seen.textContent = held() ? "" : words;
    }

    // The table.

    function buildTable() {
      const now = shape();
      cells = new Map();
      const outings = new Map();
      for (const one of now.outings) outings.set(one.spot, [...(outings.get(one.spot) ?? []), one]);
      for (const one of [frame, table]) one.setAttribute("aria-label", say("grid"));
      head.replaceChildren(el("tr", {}, el("th", { scope: "col" }, say("teacher")),
        ...now.days.map((day) => el("th", { scope: "col" }, day.label))));
      body.replaceChildren(...now.teachers.map((teacher) => {
        const row = el("tr", { "data-lead": teacher.id },
          el("th", { scope: "row" }, el("span", {}, teacher.label), el("small", {}, teacher.load)));
        for (const day of now.days) {
          const spot = spotOf(day, teacher);
          const cell = el("td", {
            tabindex: "-1", "data-spot": spot,
            onclick: (event) => { if (!event.target.closest("button")) aim(spot); },
            ondragover: (event) => {
              if (held() || typed) event.preventDefault();
              if (held()) aim(spot, false);
            },
            ondrop: (event) => { event.preventDefault(); aim(spot, false); drop(); },
          }, ...(outings.get(spot) ?? []).map(outing));
          cells.set(spot, cell);
          row.append(cell);
        }
        return row;
      }));
      const ids = visits().map((card) => card.dataset.id);
      if (!ids.includes(cursor)) cursor = ids[0] ?? "";
    }

    function outing(one) {
      return el("div", { class: "vk-outing" },
        el("small", {}, `${one.crew} · ${one.home}`),
        ...one.visits.map((visit) => el("button", {
          type: "button", class: "vk-visit", draggable: String(!visit.frozen), "data-id": visit.id,
          "aria-label": [visit.label, visit.frozen ? say("frozen_mark") : "", ...visit.broken].filter(Boolean).join(", "),
          onclick: () => (held() ? aim(one.spot) : pick(visit.id)),
          onfocus: () => { cursor = visit.id; roam(); },
          ondragstart: (event) => {
            event.dataTransfer.effectAllowed = "move";
            event.dataTransfer.setData("text/plain", visit.id);
            pick(visit.id);
          },
          ondragend: () => { if (held() && target === null) cancel(); },
        },
        el("b", {}, visit.start), ` ${visit.student}`,
        visit.form ? el("i", {}, visit.form) : null,
        visit.frozen ? el("em", { class: "vk-agreed" }, say("frozen_mark")) : null,
        visit.broken.length ? el("em", { class: "vk-wrong" }, say("broken_mark")) : null)));
    }

    const visits = () => [...body.querySelectorAll(".vk-visit")];
    const rows = () => [...body.rows].filter((row) => !row.hidden);

    function roam() {
      for (const card of visits()) card.tabIndex = card.dataset.id === cursor && !held() ? 0 : -1;
    }

    function paintHeld() {
      const now = held();
      const sought = search.value.trim().toLowerCase();
      const spots = new Set(now?.spots ?? []);
      const leads = new Set([...spots].map((spot) => spot.split("|")[1]));
      for (const row of body.rows) {
        const teacher = shape().teachers[row.sectionRowIndex];
        const listed = teacher.leads || everyone.checked;
        const text = `${teacher.id} ${teacher.classes.join(" ")} ${row.textContent}`.toLowerCase();
        row.hidden = !((listed && (!sought || text.includes(sought))) || leads.has(teacher.id));
      }
      for (const [spot, cell] of cells) {
        const possible = spots.has(spot);
        cell.classList.toggle("vk-possible", possible);
        cell.classList.toggle("vk-target", spot === target && !!now);
        const [day, lead] = spot.split("|");
        const words = {
          lead: shape().teachers.find((one) => one.id === lead).label,
          day: shape().days.find((one) => one.id === day).label,
        };
        if (now) cell.setAttribute("aria-label", `${say("cell", words)}${possible ? ` (${say("possible")})` : ""}`);
        else cell.removeAttribute("aria-label");
      }
      for (const card of visits()) card.classList.toggle("vk-held", card.dataset.id === now?.id);
      roam();
      paintBar();
    }

    function paintBar() {
      const now = held();
      if (!now) {
        if (open()) bar.hidePopover();
        return bar.replaceChildren();
      }
      const facts = { student: now.words };
      const found = step();
      const button = (key, call, enabled = true) =>
        el("button", { type: "button", disabled: !enabled, onclick: call }, say(key));
      bar.setAttribute("aria-label", now.words);
      const lines = [el("b", {}, say(now.frozen ? "picked_frozen" : "picked", facts))];
      if (!now.frozen) {
        if (!found) lines.push(el("p", {}, say(target === null ? "choose_spot" : "counting")));
        else if (found.refused) lines.push(el("p", { class: "vk-wrong" }, found.refused));
        else {
          lines.push(el("p", {}, `${found.words} · `, el("strong", {}, found.cost), found.broken.length ? "" : ` · ${found.fine}`));
          if (found.broken.length) {
            lines.push(el("p", { class: "vk-wrong" }, say("breaks")), el("ul", {}, ...found.broken.map((one) => el("li", {}, one))));
          }
        }
      }
      const buttons = el("div", { class: "vk-buttons" },
        now.frozen ? null : button("drop", drop, !!found && !found.refused),
        now.inside && !now.frozen ? button("out", () => aim(OUT)) : null,
        now.inside ? button(now.frozen ? "disagree" : "agree", () => model.send({ kind: "agree", id: now.id })) : null,
        button("cancel", cancel));
      const at = [...bar.querySelectorAll("button")].indexOf(document.activeElement);
      bar.replaceChildren(...lines, buttons);
      if (!open() && bar.isConnected) bar.showPopover();
      if (at >= 0) bar.querySelectorAll("button:not([disabled])")[Math.max(0, at - 1)]?.focus();
      return undefined;
    }

    // Keys.

    const moves = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
    const acts = {
      Escape: cancel,
      Enter: drop,
      " ": drop,
      Delete: () => aim(OUT, false),
      PageDown: () => jump(1),
      PageUp: () => jump(-1),
    };

    function act(key) {
      if (moves[key]) step_(...moves[key]);
      else acts[key]();
    }

    function press(key) {
      if (typed) typed.push(key);
      else if (held()) act(key);
      else if (moves[key]) walk(...moves[key]);
      else if (cursor && (key === "Enter" || key === " ")) pick(cursor);
    }

    function replay() {
      const keys = typed ?? [];
      typed = null;
      keys.forEach(press);
    }

    frame.addEventListener("keydown", (event) => {
      const known = moves[event.key] || acts[event.key];
      if (!known || event.ctrlKey || event.metaKey || event.altKey) return;
      // Nothing is held: the browser itself makes a click of Enter and Space.
      if (!typed && !held() && !moves[event.key]) return;
      press(event.key);
      event.preventDefault();
    });
    bar.addEventListener("keydown", (event) => { if (event.key === "Escape") cancel(); });

    // One step of the place aimed at, among the rows that are shown.
    function step_(down, right) {
      const days = shape().days;
      const shown = rows().map((row) => row.dataset.lead);
      if (!shown.length) return;
      const [day, lead] = (target || here() || `${days[0].id}|${shown[0]}`).split("|");
      const clamp = (value, size) => Math.min(Math.max(value, 0), size - 1);
      const y = clamp(shown.indexOf(lead) + down, shown.length);
      const x = clamp(days.findIndex((one) => one.id === day) + right, days.length);
      aim(`${days[x].id}|${shown[y]}`);
    }

    // To the next place where the visit may go, in the order of teachers and days.
    function jump(steps) {
      const order = [...cells.keys()];
      const spots = order.filter((spot) => held().spots.includes(spot));
      if (!spots.length) return;
      const now = order.indexOf(target || here());
      const next = steps > 0
        ? spots.find((spot) => order.indexOf(spot) > now) ?? spots[0]
        : spots.findLast((spot) => order.indexOf(spot) < now) ?? spots.at(-1);
      aim(next);
    }

    const here = () => (held()?.lead ? `${held().day}|${held().lead}` : null);

    // One step from visit to visit: up and down within a day, left and right along a row.
    function walk(down, right) {
      const card = visits().find((one) => one.dataset.id === cursor);
      const cell = card?.closest("td");
      if (!cell) return;
      const column = cell.cellIndex;
      const line = down
        ? rows().flatMap((row) => [...row.cells[column].querySelectorAll(".vk-visit")])
        : [...cell.parentElement.querySelectorAll(".vk-visit")].filter((one) => one === card || one.closest("td") !== cell);
      const next = line[line.indexOf(card) + down + right];
      if (next) next.focus();
    }

    // What is left out.

    function paintLeft() {
      const now = shape();
      const chosen = kinds.value;
      const all = [...new Set(now.left.map((one) => one.kind))];
      kinds.replaceChildren(el("option", { value: "" }, say("all")), ...all.map((kind) => el("option", { value: kind }, kind)));
      kinds.value = all.includes(chosen) ? chosen : "";
      const sought = leftSearch.value.trim().toLowerCase();
      const found = now.left.filter((one) =>
        (!kinds.value || one.kind === kinds.value) &&
        (!sought || `${one.student} ${one.class_id} ${one.due}`.toLowerCase().includes(sought)));
      leftTitle.textContent = say("left_title");
      leftCount.textContent = now.left.length
        ? say("left_count", { number: now.left.length, shown: Math.min(found.length, limit) })
        : say("nobody_left");
      const focused = list.contains(document.activeElement) ? document.activeElement.dataset.key : null;
      list.replaceChildren(...found.slice(0, limit).map(item));
      if (focused) list.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus();
      more.hidden = found.length <= limit;
      more.textContent = say("more", { number: Math.min(STEP * 5, found.length - limit) });
    }

    function item(one) {
      const price = model.get("prices")[one.id];
      const asked = model.get("asking") === one.id;
      return el("li", {},
        el("span", { class: "vk-who" },
          el("b", {}, one.student), one.class_id ? ` ${one.class_id}` : "",
          one.must ? el("em", { class: "vk-wrong" }, say("must")) : null,
          one.due ? ` ${say("due", one)}` : ""),
        el("span", { class: "vk-why" }, price ?? one.reason),
        el("span", { class: "vk-do" },
          el("button", { type: "button", "data-key": `in ${one.id}`, "aria-label": `${one.student}: ${say("put_in")}`, onclick: () => pick(one.id) }, say("put_in")),
          price || !one.open ? null : el("button", {
            type: "button", "data-key": `price ${one.id}`, "aria-disabled": String(!!model.get("asking")), "aria-label": `${one.student}: ${say("price")}`,
            onclick: () => model.send({ kind: "price", id: one.id }),
          }, say(asked ? "asking" : "price"))));
    }

    // Painting.

    function paintWords() {
      how.textContent = say("how");
      searchLabel.textContent = say("search");
      allLabel.textContent = say("all_teachers");
      undo.textContent = say("undo");
      leftSearchLabel.textContent = say("left_search");
      kindLabel.textContent = say("left_kind");
    }

    function paintShape() {
      const focused = root.contains(document.activeElement) && frame.contains(document.activeElement);
      typed = null;
      buildTable();
      paintHeld();
      undo.disabled = !shape().undo;
      counts.textContent = shape().counts;
      broken.hidden = !shape().broken.length;
      broken.replaceChildren(el("h4", {}, say("broken_title")),
        el("ul", {}, ...shape().broken.map((one) => el("li", {}, one))));
      paintLeft();
      if (focused) focusVisit(cursor);
    }

    function focusVisit(id) {
      const card = visits().find((one) => one.dataset.id === id) ?? visits()[0];
      card?.focus({ preventScroll: true });
      card?.scrollIntoView({ block: "nearest", inline: "nearest" });
    }

    function onHeld() {
      const now = held();
      if (!now) {
        const inside = frame.contains(document.activeElement) || bar.contains(document.activeElement);
        target = null;
        paintHeld();
        if (after) seen.textContent = after;
        after = "";
        if (inside && back) focusVisit(back);
        back = "";
        replay();
        return;
      }
      paintHeld();
      tell(say(now.frozen ? "picked_frozen" : "picked", { student: now.words }));
      const first = now.inside ? here() : now.spots[0];
      if (now.frozen || !first) bar.querySelector("button")?.focus();
      else cells.get(first)?.focus({ preventScroll: true });
      if (!now.inside && first && !now.frozen) aim(first);
      replay();
    }

    function onStep() {
      paintBar();
      const now = step();
      if (!now) return;
      const end = now.refused ? [now.refused] : [now.words, now.cost, ...(now.broken.length ? [say("breaks"), ...now.broken] : [now.fine])];
      tell(end.join(" "));
    }

    undo.addEventListener("click", () => model.send({ kind: "undo" }));
    search.addEventListener("input", paintHeld);
    everyone.addEventListener("change", paintHeld);
    for (const tool of [leftSearch, kinds]) tool.addEventListener("input", () => { limit = STEP; paintLeft(); });
    more.addEventListener("click", () => { limit += STEP * 5; paintLeft(); });

    const watched = {
      "change:words": () => { paintWords(); paintShape(); },
      "change:shape": paintShape,
      "change:held": onHeld,
      "change:step": onStep,
      "change:prices": paintLeft,
      "change:asking": paintLeft,
      "change:said": () => { if (model.get("said")) tell(model.get("said")); },
    };
    for (const [name, call] of Object.entries(watched)) model.on(name, call);
    paintWords();
    paintShape();
    return () => {
      if (open()) bar.hidePopover();
      Object.entries(watched).forEach(([name, call]) => model.off(name, call));
    };
  },
};
