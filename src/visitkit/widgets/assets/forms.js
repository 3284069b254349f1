// A form drawn from its sheet. What is typed lives here and in Python's memory, in no trait.
const DECIMAL = { number: "decimal", integer: "numeric" };

export default {
  render({ model, el: root }) {
    const me = Math.random().toString(36).slice(2);
    const say = (key, facts) => fill(model.get("words")[key] ?? "", facts);
    let values = {};
    let at = "";
    let reason = "";
    let waiting = 0;
    let page = null;
    let nextFocus = "";
    let touched = false; // something was typed since the form was filled

    const told = el("p", { class: "vk-told", role: "status", "aria-live": "polite" });
    const body = el("div", { class: "vk-body" });
    const form = el("form", { class: "vk vk-forms", autocomplete: "off", novalidate: true }, body, told);
    root.append(form);

    const mode = () => model.get("mode");
    const frozen = () => mode() === "kept";

    function draft(now = false) {
      clearTimeout(waiting);
      const send = () => model.send({ kind: "draft", values });
      if (now) send();
      else waiting = setTimeout(send, 300);
    }

    form.addEventListener("input", () => {
      touched = true;
      draft();
    });
    form.addEventListener("focusout", () => draft(true));
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
        event.preventDefault();
        event.stopPropagation();
        save();
      } else if (event.key === "Enter" && event.target.tagName === "INPUT") {
        event.preventDefault();
      }
    });

    function save() {
      if (frozen() || !model.get("can_save")) return;
      clearTimeout(waiting);
      told.textContent = say("saving");
      nextFocus = "fault";
      model.send({ kind: "save", values, at, reason });
    }

    function print() {
      // Opened at once, while the press still allows it; the page follows.
      page = window.open("", "_blank");
      model.send({ kind: "print", values, who: me });
    }

    // ---- one field -------------------------------------------------------------------------
    function control(field, path, value, set) {
      const id = `${me}-${path}`;
      const kind = field.kind === "list" ? field.item : field.kind;
      const attributes = {
        id,
        "data-path": path,
        disabled: frozen(),
        "aria-required": field.required ? "true" : false,
        "aria-describedby": describe(field, path, id),
        "aria-invalid": model.get("faults")[path] ? "true" : false,
      };
      if (kind === "long") return area(attributes, value, set);
      if (kind === "flag") return chooser(attributes, flags(), value, set);
      if (kind === "choice" && !field.open) return chooser(attributes, field.choices, value, set);
      if (kind === "choice") return guided(attributes, field, value, set);
      if (kind in DAY_FORMS) {
        const node = dayField(kind, attributes);
        node.value = kind === "moment" ? (value ?? "").replace("T", " ") : (value ?? "");
        node.addEventListener("input", () => set(node.value));
        return node;
      }
      const input = el("input", {
        ...attributes,
        type: "text",
        inputmode: DECIMAL[kind] ?? false,
        list: kind === "person" && model.get("people").length ? `${me}-people` : false,
      });
      input.value = value ?? "";
      input.addEventListener("input", () => set(input.value));
      return input;
    }

    const flags = () => [["yes", say("yes")], ["no", say("no")]];

    // An item of a list has no hint beside it: the list has one.
    function describe(field, path, id, hintOf = id) {
      const parts = [];
      if (field.hint || field.kind === "choices") parts.push(`${hintOf}-hint`);
      if (model.get("faults")[path]) parts.push(`${id}-fault`);
      return parts.join(" ") || false;
    }

    function area(attributes, value, set) {
      const node = el("textarea", { ...attributes, rows: 3 });
      node.value = value ?? "";
      const grow = () => {
        node.style.height = "auto";
        node.style.height = `${node.scrollHeight + 2}px`;
      };
      node.addEventListener("input", () => {
        set(node.value);
        grow();
      });
      if (value) requestAnimationFrame(grow);
      return node;
    }

    function chooser(attributes, choices, value, set) {
      const options = [["", say("choose")], ...choices];
      const node = el(
        "select",
        attributes,
        options.map(([code, word]) => el("option", { value: code }, word)),
      );
      node.value = value ?? "";
      node.addEventListener("change", () => set(node.value));
      return node;
    }

    function guided(attributes, field, value, set) {
      const list = `${attributes.id}-list`;
      const word = Object.fromEntries(field.choices);
      const code = Object.fromEntries(field.choices.map(([one, said]) => [said, one]));
      const input = el("input", { ...attributes, type: "text", list });
      input.value = word[value] ?? value ?? "";
      input.addEventListener("input", () => set(code[input.value] ?? input.value));
      const known = el("datalist", { id: list }, field.choices.map(([, said]) => el("option", { value: said })));
      return el("span", { class: "vk-guided" }, input, known);
    }

    function hint(field, id) {
      const words = field.kind === "choices" ? say("several") : field.hint;
      return words ? el("span", { class: "vk-hint", id: `${id}-hint` }, words) : null;
    }

    function fault(path) {
      const words = model.get("faults")[path];
      return words ? el("span", { class: "vk-fault", id: `${me}-${path}-fault` }, `⚠ ${words}`) : null;
    }

    function labelled(field, path, holder) {
      const set = (value) => {
        holder[field.name] = value;
      };
      if (field.kind === "table") return table(field, path, holder);
      if (field.kind === "choices") return several(field, path, holder);
      if (field.kind === "list") return list(field, path, holder);
      const id = `${me}-${path}`;
      return el(
        "div",
        { class: `vk-field vk-${field.kind}` },
        el("label", { for: id }, field.label, star(field)),
        control(field, path, holder[field.name], set),
        hint(field, id),
        fault(path),
      );
    }

    const star = (field) => (field.required ? el("span", { class: "vk-star", "aria-hidden": "true" }, " *") : null);

    function group(field, path, ...children) {
      const id = `${me}-${path}`;
      return el(
        "div",
        {
          class: `vk-field vk-${field.kind}`,
          role: "group",
          "aria-labelledby": `${id}-label`,
          "aria-describedby": describe(field, path, id),
        },
        el("div", { class: "vk-label", id: `${id}-label` }, field.label, star(field)),
        hint(field, id),
        ...children,
        fault(path),
      );
    }

    function several(field, path, holder) {
      const held = () => (Array.isArray(holder[field.name]) ? holder[field.name] : []);
      const known = new Set(field.choices.map(([code]) => code));
      const boxes = field.choices.map(([code, word], place) => {
        const id = `${me}-${path}-${place}`;
        const box = el("input", {
          type: "checkbox",
          id,
          "data-path": place ? `${path}-${place}` : path,
          disabled: frozen(),
        });
        box.checked = held().includes(code);
        box.addEventListener("change", () => {
          const others = held().filter((one) => one !== code);
          holder[field.name] = box.checked ? [...others, code] : others;
        });
        return el("span", { class: "vk-box" }, box, el("label", { for: id }, word));
      });
      const parts = [el("div", { class: "vk-boxes" }, boxes)];
      if (field.open || !field.choices.length) {
        const id = `${me}-${path}-others`;
        const input = el("input", { type: "text", id, "data-path": `${path}-others`, disabled: frozen() });
        input.value = held().filter((one) => !known.has(one)).join("; ");
        input.addEventListener("input", () => {
          const own = input.value.split(/[;；]/).map((one) => one.trim()).filter(Boolean);
          holder[field.name] = [...held().filter((one) => known.has(one)), ...own];
        });
        parts.push(el("label", { class: "vk-others", for: id }, say("others")), input);
      }
      return group(field, path, ...parts);
    }

    function button(words, press, more = {}) {
      const node = el("button", { type: "button", ...more }, words);
      node.addEventListener("click", press);
      return node;
    }

    function list(field, path, holder) {
      if (!Array.isArray(holder[field.name]) || !holder[field.name].length) holder[field.name] = [""];
      const items = holder[field.name];
      const rows = items.map((value, place) => {
        const input = control(field, `${path}/${place + 1}`, value, (found) => {
          items[place] = found;
        });
        input.setAttribute("aria-label", say("item", { label: field.label, number: place + 1 }));
        const told = describe(field, `${path}/${place + 1}`, input.id, `${me}-${path}`);
        if (told) input.setAttribute("aria-describedby", told);
        const remove = button("✕", () => change(() => items.splice(place, 1), `${path}/1`), {
          class: "vk-remove",
          "aria-label": `${say("remove")}: ${say("item", { label: field.label, number: place + 1 })}`,
        });
        return el(
          "div",
          { class: "vk-item" },
          input,
          frozen() || items.length < 2 ? null : remove,
          fault(`${path}/${place + 1}`),
        );
      });
      const add = button(say("add_item"), () => change(() => items.push(""), `${path}/${items.length + 1}`), {
        class: "vk-add",
        "aria-label": `${say("add_item")}: ${field.label}`,
      });
      return group(field, path, ...rows, frozen() ? null : add);
    }

    function table(field, path, holder) {
      const start = field.required ? [{}] : [];
      if (!Array.isArray(holder[field.name])) holder[field.name] = start;
      const rows = holder[field.name];
      const cards = rows.map((row, place) =>
        el(
          "div",
          { class: "vk-card", role: "group", "aria-label": `${field.label}, ${say("row", { number: place + 1 })}` },
          el(
            "div",
            { class: "vk-cardhead" },
            say("row", { number: place + 1 }),
            frozen()
              ? null
              : button(say("remove"), () => change(() => rows.splice(place, 1), ""), {
                  class: "vk-remove",
                  "aria-label": `${say("remove")}: ${field.label}, ${say("row", { number: place + 1 })}`,
                }),
          ),
          el(
            "div",
            { class: "vk-grid" },
            field.columns.map((column) => labelled(column, `${path}/${place + 1}/${column.name}`, row)),
          ),
        ),
      );
      const add = button(
        say("add_row"),
        () => change(() => rows.push({}), `${path}/${rows.length + 1}/${field.columns[0]?.name}`),
        { class: "vk-add", "aria-label": `${say("add_row")}: ${field.label}` },
      );
      return group(field, path, ...cards, frozen() ? null : add);
    }

    function change(what, focus) {
      what();
      touched = true;
      nextFocus = focus;
      draft(true);
      paint();
    }

    // ---- the whole form --------------------------------------------------------------------
    function head(sheet) {
      return el(
        "div",
        { class: "vk-head" },
        el("h3", { tabindex: "-1" }, sheet.title ?? ""),
        sheet.purpose ? el("p", { class: "vk-purpose" }, sheet.purpose) : null,
        sheet.shown ? el("p", { class: "vk-shown" }, sheet.shown) : null,
        frozen()
          ? el("p", { class: "vk-state" }, `✓ ${say("kept")}`)
          : el("p", { class: "vk-purpose" }, `${say("needed_note")} ${say("unsaved")}`),
      );
    }

    function section(part) {
      const fields = part.fields.map((field) => labelled(field, field.name, values));
      const grid = el("div", { class: "vk-grid" }, fields);
      return part.title ? el("fieldset", {}, el("legend", {}, part.title), grid) : grid;
    }

    function text(id, words, help, value, set, type) {
      const attributes = { id: `${me}-${id}`, "data-path": `-${id}`, "aria-describedby": help ? `${me}-${id}-hint` : false };
      const input = type in DAY_FORMS ? dayField(type, attributes) : el("input", { ...attributes, type });
      input.value = value;
      input.addEventListener("input", () => set(input.value));
      return el(
        "div",
        { class: "vk-field" },
        el("label", { for: `${me}-${id}` }, words),
        input,
        help ? el("span", { class: "vk-hint", id: `${me}-${id}-hint` }, help) : null,
      );
    }

    function foot() {
      const parts = [];
      if (mode() === "write" && model.get("can_save")) {
        parts.push(text("at", say("at"), say("at_hint"), at, (found) => (at = found), "moment"));
        parts.push(el("div", { class: "vk-row" }, button(say("save"), save, { class: "vk-main", title: say("save_hint") }), printer()));
      } else if (mode() === "correct") {
        parts.push(text("reason", `${say("reason")} *`, "", reason, (found) => (reason = found), "text"));
        parts.push(
          el(
            "div",
            { class: "vk-row" },
            button(say("save"), save, { class: "vk-main" }),
            button(say("cancel"), () => model.send({ kind: "cancel" })),
          ),
        );
      } else if (mode() === "kept") {
        const correct = model.get("can_print") ? button(say("correct"), () => model.send({ kind: "correct" })) : null;
        parts.push(el("div", { class: "vk-row" }, correct, printer()));
      } else {
        parts.push(el("p", { class: "vk-purpose" }, model.get("why_not")), el("div", { class: "vk-row" }, printer()));
      }
      return el("div", { class: "vk-foot" }, parts);
    }

    const printer = () => (model.get("can_print") ? button(say("print"), print) : null);

    function paint() {
      const sheet = model.get("sheet");
      form.hidden = mode() === "empty";
      const held = nextFocus || (form.contains(document.activeElement) ? document.activeElement.dataset.path : "");
      const known = el(
        "datalist",
        { id: `${me}-people` },
        model.get("people").map(([code, word]) => el("option", { value: code }, word)),
      );
      body.replaceChildren(
        ...(mode() === "empty" ? [] : [head(sheet), ...(sheet.sections ?? []).map(section), foot(), known]),
      );
      refocus(held);
    }

    function refocus(held) {
      const wanted =
        held === "fault" ? body.querySelector("[aria-invalid]") : held && body.querySelector(`[data-path="${CSS.escape(held)}"]`);
      if (held === "fault" && !wanted) return;
      nextFocus = "";
      if (wanted) wanted.focus();
    }

    function tell() {
      told.textContent = model.get("said");
      told.hidden = !told.textContent;
    }

    function heard(message, buffers) {
      if (message?.kind === "fill") {
        // What a view asks for when it comes up must not wipe out what a quick hand has typed.
        if (message.asked && touched) return;
        touched = false;
        values = structuredClone(message.values);
        at = "";
        reason = "";
        paint();
        if (message.focus) {
          const title = body.querySelector("h3");
          title?.focus({ preventScroll: true });
          title?.scrollIntoView({ block: "start", behavior: "instant" });
        }
      } else if (message?.kind === "page" && message.who === me) {
        show(buffers);
      }
    }

    function show(buffers) {
      if (!buffers?.length) {
        page?.close();
        return;
      }
      const address = URL.createObjectURL(new Blob([buffers[0]], { type: "text/html" }));
      if (page) page.location = address;
      setTimeout(() => URL.revokeObjectURL(address), 60000);
    }

    const drawn = ["sheet", "faults", "mode", "can_save", "can_print", "why_not", "words", "people"];
    let planned = false;
    // Several traits change together; one drawing is enough.
    const soon = () => {
      if (planned) return;
      planned = true;
      queueMicrotask(() => {
        planned = false;
        paint();
      });
    };
    drawn.forEach((name) => model.on(`change:${name}`, soon));
    model.on("change:said", tell);
    model.on("msg:custom", heard);
    tell();
    paint();
    model.send({ kind: "ready" });
    return () => {
      clearTimeout(waiting);
      drawn.forEach((name) => model.off(`change:${name}`, soon));
      model.off("change:said", tell);
      model.off("msg:custom", heard);
    };
  },
};
