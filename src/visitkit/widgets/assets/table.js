export default {
  render({ model, el: root }) {
    const me = `vk${Math.random().toString(36).slice(2, 10)}`;
    let list = null;
    let decided = {};
    let shown = new Uint32Array(0);
    let chosen = new Set();
    let reasons = new Map();
    let version = 0;
    let sorted = { column: "rank", falling: false };
    let current = -1; // a row of the list, not a place on the page
    let anchor = null;
    let state = "";
    let saved = "";
    const later = new Map();

    const words = () => model.get("words");
    const say = (key, facts = {}) => fill(words()[key] ?? "", facts);
    const tierWord = (code) => words().tier?.[TIERS[code]] ?? "";
    const columns = () => ORDER.filter((name) => name !== "name" || list?.names.length);

    const search = el("input", { type: "search", autocomplete: "off", spellcheck: "false" });
    const grade = el("select", {});
    const klass = el("select", {});
    const tiers = el("div", { class: "vk-tiers", role: "group" });
    const tierButtons = TIERS.map((name, code) =>
      el("button", {
        type: "button", class: `vk-tier vk-${name}`, "aria-pressed": "false",
        onclick: (event) => press(event.currentTarget),
      }),
    );
    tiers.append(...tierButtons);
    const only = el("button", { type: "button", "aria-pressed": "false",
      onclick: (event) => press(event.currentTarget) });
    const clear = el("button", { type: "button", onclick: clearFilters });
    const save = el("button", { type: "button", onclick: askFile });
    const count = el("p", { class: "vk-count", role: "status", "aria-live": "polite" });
    const told = el("span", { class: "vk-told", role: "status", "aria-live": "polite" });
    const head = el("div", { role: "row", "aria-rowindex": "1", class: "vk-row vk-head-row" });
    const body = el("div", { role: "rowgroup", class: "vk-body" });
    const hint = el("p", { id: `${me}-keys`, class: "vk-keys" });
    const nothing = el("p", { class: "vk-nothing", role: "status", "aria-live": "polite" });
    const grid = el(
      "div",
      { class: "vk-grid", role: "grid", tabindex: "0", "aria-multiselectable": "true",
        "aria-describedby": `${me}-keys` },
      el("div", { role: "rowgroup", class: "vk-head" }, head),
      body,
    );
    const bar = el("div", { class: "vk-bar" }, search, grade, klass, tiers, only, clear);
    const foot = el("div", { class: "vk-foot" }, save, told);
    const frame = el("div", { class: "vk vk-table" }, bar, count, grid, nothing, foot, hint);
    root.append(frame);

    search.addEventListener("input", refilter);
    grade.addEventListener("change", () => { fillClasses(); refilter(); });
    klass.addEventListener("change", refilter);
    grid.addEventListener("scroll", paintRows, { passive: true });
    grid.addEventListener("keydown", onKey);
    body.addEventListener("click", onClick);
    body.addEventListener("dblclick", () => open());
    const sized = new ResizeObserver(paintRows);
    sized.observe(grid);

    function soon(name, wait, call) {
      clearTimeout(later.get(name));
      later.set(name, setTimeout(call, wait));
    }

    // ---- what is shown -------------------------------------------------------------------
    function filters() {
      return {
        search: search.value,
        grade: grade.value,
        class: klass.value,
        tiers: tierButtons.flatMap((one, code) => (pressed(one) ? [code] : [])),
        chosen: pressed(only) ? chosen : null,
      };
    }

    function pressed(button) {
      return button.getAttribute("aria-pressed") === "true";
    }

    function press(button) {
      button.setAttribute("aria-pressed", String(!pressed(button)));
      refilter();
    }

    function clearFilters() {
      search.value = "";
      grade.value = "";
      fillClasses();
      klass.value = "";
      [...tierButtons, only].forEach((one) => one.setAttribute("aria-pressed", "false"));
      refilter();
    }

    function refilter() {
      grid.scrollTop = 0;
      anchor = null;
      arrange();
    }

    function arrange() {
      if (!list) return;
      const order = orderRows(list, SORTED[sorted.column], sorted.falling);
      shown = keepRows(list, order, filters());
      body.style.height = `${shown.length * ROW}px`;
      grid.setAttribute("aria-rowcount", String(shown.length + 1));
      paintRows();
      paintCount();
    }

    // ---- painting ------------------------------------------------------------------------
    function paintRows() {
      if (!list) return;
      const top = Math.max(Math.floor(grid.scrollTop / ROW) - SPARE, 0);
      const fits = Math.ceil((grid.clientHeight || 12 * ROW) / ROW) + 2 * SPARE;
      const end = Math.min(top + fits, shown.length);
      while (body.children.length > Math.max(end - top, 0)) body.lastChild.remove();
      while (body.children.length < end - top) body.append(makeRow());
      for (let place = top; place < end; place += 1) paintRow(body.children[place - top], place);
      const here = [...body.children].find((row) => row.vkRow === current);
      if (here) grid.setAttribute("aria-activedescendant", here.id);
      else grid.removeAttribute("aria-activedescendant");
      askReasons(top, end);
    }

    function makeRow() {
      const row = el("div", { role: "row", class: "vk-row" });
      for (const name of columns()) {
        const role = name === "student_id" ? "rowheader" : "gridcell";
        row.append(el("div", { role, class: `vk-cell vk-c-${name}` }));
      }
      return row;
    }

    function paintRow(node, place) {
      const row = shown[place];
      node.vkRow = row;
      node.id = `${me}-${row}`;
      node.style.transform = `translateY(${place * ROW}px)`;
      node.setAttribute("aria-rowindex", String(place + 2));
      node.setAttribute("aria-selected", String(chosen.has(row)));
      node.classList.toggle("vk-current", row === current);
      columns().forEach((name, number) => paintCell(node.children[number], name, row));
    }

    function paintCell(cell, name, row) {
      if (name === "tier") return paintTier(cell, list, row, words());
      const text = cellText(name, list, row, words(), chosen, reasons);
      if (cell.textContent === text) return;
      cell.textContent = text;
      if (name === "reason") cell.title = text; // what two lines do not hold
    }

    function paintCount() {
      const parts = [say("shows", { shown: number(shown.length), all: number(list.size) })];
      if (chosen.size) parts.push(say("chosen", { number: number(chosen.size) }));
      const line = parts.join(model.get("lang") === "zh" ? "\uff0c" : ", ");
      if (count.textContent !== line) count.textContent = line;
      const gone = list.size && !shown.length ? say("nothing", { all: number(list.size) }) : "";
      if (nothing.textContent !== gone) nothing.textContent = gone;
      const held = new Array(TIERS.length).fill(0);
      list.tier.forEach((code) => { held[code] += 1; });
      tierButtons.forEach((button, code) => {
        const line = `${tierWord(code)} ${number(held[code])}`;
        if (button.vkLine === line) return;
        button.vkLine = line;
        button.replaceChildren(el("span", { "aria-hidden": "true" }, MARKS[code]), ` ${line}`);
      });
    }

    // ---- words and columns ---------------------------------------------------------------
    function paintWords() {
      grid.style.height = `${(model.get("tall") + 1) * ROW + 2}px`;
      const named = list?.names.length;
      for (const [node, key] of [[search, named ? "search_names" : "search"], [grade, "grade"],
        [klass, "class"], [tiers, "tiers"], [grid, "title"]]) {
        node.setAttribute("aria-label", say(key));
      }
      search.placeholder = say(named ? "search_names" : "search");
      only.textContent = say("only_chosen");
      clear.textContent = say("clear");
      save.textContent = say("export");
      hint.textContent = say("keys");
      told.textContent = say(state, { name: saved });
      if (!list) {
        count.textContent = say("empty");
        return;
      }
      fillOptions(grade, valuesOf(list, "grades"), say("all_grades"), (one) => words().grade_words?.[one]);
      fillClasses();
      paintHead();
      body.replaceChildren();
      arrange();
    }

    function fillClasses() {
      if (!list) return;
      const keep = (row) => !grade.value || String(list.grades[row]) === grade.value;
      fillOptions(klass, valuesOf(list, "classes", keep), say("all_classes"), (one) => one);
    }

    function paintHead() {
      frame.classList.toggle("vk-has-names", list.names.length > 0);
      head.replaceChildren(...columns().map((name) => {
        const word = words().column?.[name] ?? "";
        const cell = el("div", { role: "columnheader", class: `vk-cell vk-c-${name}` });
        if (name === "chosen") {
          cell.append(el("button", { type: "button", "aria-label": say("choose_all"),
            onclick: chooseAll }, "\u2610"));
        } else if (SORTED[name]) {
          const on = sorted.column === name;
          const way = sorted.falling ? "descending" : "ascending";
          cell.setAttribute("aria-sort", on ? way : "none");
          const arrow = on ? (sorted.falling ? " \u2193" : " \u2191") : "";
          cell.append(el("button", { type: "button", title: say("sort_hint", { column: word }),
            onclick: () => sortBy(name) }, word, el("span", { "aria-hidden": "true" }, arrow)));
        } else {
          cell.textContent = word;
        }
        return cell;
      }));
    }

    function sortBy(column) {
      const falling = sorted.column === column ? !sorted.falling : column === "risk_index";
      sorted = { column, falling };
      paintHead();
      [...head.children][columns().indexOf(column)]?.querySelector("button")?.focus();
      refilter();
    }

    // ---- hand and keyboard ---------------------------------------------------------------
    function onKey(event) {
      if (event.target !== grid || !list) return;
      const place = shown.indexOf(current);
      const page = Math.max(Math.floor(grid.clientHeight / ROW) - 2, 1);
      if (event.key === "Enter") { event.preventDefault(); open(); return; }
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "a") {
        event.preventDefault();
        choose(new Set([...chosen, ...shown]));
        return;
      }
      if (event.key === " ") {
        event.preventDefault();
        if (place >= 0) toggle(place, event.shiftKey);
        return;
      }
      const to = moveTo(event.key, place, shown.length, page);
      if (to === null) return;
      event.preventDefault();
      if (event.shiftKey && place >= 0) {
        if (anchor === null) anchor = place;
        choose(chooseRows(chosen, shown, to, anchor));
      } else {
        anchor = to;
      }
      goTo(to);
    }

    function onClick(event) {
      const row = event.target.closest(".vk-row")?.vkRow;
      const place = shown.indexOf(row);
      if (place < 0) return;
      const box = event.target.closest(".vk-c-chosen");
      if (box || event.shiftKey || event.ctrlKey || event.metaKey) toggle(place, event.shiftKey);
      else anchor = place;
      goTo(place);
    }

    function toggle(place, run) {
      choose(chooseRows(chosen, shown, place, run && anchor !== null ? anchor : null));
      anchor = place;
    }

    function chooseAll() {
      const all = shown.every((row) => chosen.has(row));
      const next = new Set(chosen);
      shown.forEach((row) => (all ? next.delete(row) : next.add(row)));
      choose(next);
    }

    function choose(next) {
      chosen = next;
      if (pressed(only)) arrange();
      else { paintRows(); paintCount(); }
      soon("chosen", 80, () => model.send({ kind: "chosen", rows: [...chosen] }));
    }

    function goTo(place) {
      current = shown[place];
      const top = place * ROW;
      const high = grid.clientHeight - 2 * ROW;
      if (top < grid.scrollTop) grid.scrollTop = top;
      else if (top > grid.scrollTop + high) grid.scrollTop = top - high;
      paintRows();
      soon("current", 80, () => model.send({ kind: "current", row: current }));
    }

    function open() {
      if (current < 0) return;
      clearTimeout(later.get("current"));
      model.send({ kind: "open", row: current });
    }

    function askFile() {
      if (!list || state === "exporting") return;
      tell("exporting");
      model.send({ kind: "export", who: me, rows: [...shown] });
    }

    function tell(next, name = "") {
      [state, saved] = [next, name];
      told.textContent = say(state, { name: saved });
    }

    function saveFile(name, data) {
      handOver(name, data, "text/csv");
      tell("exported", name);
    }

    // ---- what Python sends ---------------------------------------------------------------
    function askReasons(top, end) {
      soon("reasons", 60, () => {
        const rows = [...shown.slice(top, end)].filter((row) => !reasons.has(row));
        if (rows.length) model.send({ kind: "reasons", version, rows });
      });
    }

    const hear = {
      rows(message) {
        const kept = list ? list.ids[current] : undefined;
        const picked = list ? new Set([...chosen].map((row) => list.ids[row])) : new Set();
        list = makeList(message.columns);
        takeHuman(list, decided);
        current = list.ids.indexOf(kept);
        chosen = new Set([...list.ids.keys()].filter((row) => picked.has(list.ids[row])));
        [reasons, anchor] = [new Map(), null];
        version = message.version;
        paintWords();
      },
      ranks(_message, buffers) {
        if (!list) return;
        const [rank, index, tier] = buffers;
        takeRanks(list, bytes(rank, Uint32Array), bytes(index, Uint16Array), bytes(tier, Uint8Array));
        arrange();
      },
      settled(message, buffers) {
        if (!list) return;
        const share = bytes(buffers[0], Uint8Array);
        if (share.length === list.size) list.share = share;
        [reasons, version] = [new Map(), message.version];
        arrange();
      },
      reasons(message) {
        if (message.version !== version) return;
        message.rows.forEach((row, number) => reasons.set(row, message.words[number]));
        paintRows();
      },
      chosen(message) {
        chosen = new Set(message.rows);
        arrange();
      },
      current(message) {
        current = message.row;
        const place = shown.indexOf(current);
        if (place >= 0) goTo(place);
        else paintRows();
      },
      decided(message) {
        decided = message.tiers;
        if (!list) return;
        takeHuman(list, decided);
        arrange();
      },
      file(message, buffers) {
        if (message.who === me) saveFile(message.name, buffers[0]);
      },
      failed(message) {
        if (message.who === me) tell("failed");
      },
    };
    const heard = (message, buffers) => {
      if (Object.hasOwn(hear, message?.kind)) hear[message.kind](message, buffers);
    };
    const reworded = () => { reasons = new Map(); paintWords(); };
    model.on("msg:custom", heard);
    model.on("change:words", reworded);
    paintWords();
    model.send({ kind: "ready" });
    return () => {
      model.off("msg:custom", heard);
      model.off("change:words", reworded);
      later.forEach((one) => clearTimeout(one));
      sized.disconnect();
    };
  },
};
