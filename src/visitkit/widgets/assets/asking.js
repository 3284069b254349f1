export default {
  render({ model, el: root }) {
    const me = Math.random().toString(36).slice(2);
    const say = (key) => model.get("words")[key] ?? "";
    const typed = {};
    let frame = {};
    const form = el("form", { class: "vk vk-asking", autocomplete: "off", novalidate: true });
    root.append(form);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      go();
    });

    const value = (field) => typed[field.name] ?? field.value;

    function control(field, id) {
      const attributes = {
        id,
        "data-name": field.name,
        "aria-required": field.required ? "true" : false,
        "aria-describedby": `${id}-hint ${id}-fault`,
      };
      let node;
      if (field.kind === "choice") {
        const options = [["", say("choose")], ...field.choices];
        node = el("select", attributes, options.map(([code, word]) => el("option", { value: code }, word)));
        node.value = value(field);
        if (node.selectedIndex < 0) node.value = "";
      } else if (field.kind === "long") {
        node = el("textarea", { ...attributes, rows: 2 });
        node.value = value(field);
      } else if (field.kind === "date") {
        node = dayField("date", attributes);
        node.value = value(field);
      } else {
        const list = field.choices.length ? `${id}-list` : false;
        node = el("input", { ...attributes, type: "text", list, inputmode: field.kind === "number" ? "decimal" : false });
        node.value = value(field);
      }
      const take = () => (typed[field.name] = node.value);
      node.addEventListener("input", take);
      node.addEventListener("change", take);
      return node;
    }

    // What may be written where anything may: offered while a person types.
    function offered(field, id) {
      if (field.kind !== "text" || !field.choices.length) return null;
      return el("datalist", { id: `${id}-list` }, field.choices.map(([code, word]) => el("option", { value: code }, word)));
    }

    function box(field, id, code, word, on, set) {
      const node = el("input", { type: "checkbox", id, "data-name": `${field.name} ${code}` });
      node.checked = on;
      node.addEventListener("change", () => set(node.checked));
      return el("span", { class: "vk-box" }, node, el("label", { for: id }, word));
    }

    function several(field, id) {
      const held = new Set(value(field).split(" ").filter(Boolean));
      const boxes = field.choices.map(([code, word], place) =>
        box(field, `${id}-${place}`, code, word, held.has(code), (on) => {
          if (on) held.add(code);
          else held.delete(code);
          typed[field.name] = [...held].join(" ");
        }),
      );
      return el(
        "div",
        { class: "vk-field vk-wide", role: "group", "aria-labelledby": `${id}-label` },
        el("span", { class: "vk-label", id: `${id}-label` }, field.label, star(field)),
        el("span", { class: "vk-boxes" }, boxes),
        notes(field, id),
      );
    }

    const star = (field) => (field.required ? el("span", { "aria-hidden": "true", class: "vk-star" }, " *") : null);
    const notes = (field, id) => [
      el("span", { class: "vk-hint", id: `${id}-hint` }, field.hint),
      el("span", { class: "vk-fault", id: `${id}-fault` }),
    ];

    function drawn(field) {
      const id = `${me}-${field.name}`;
      if (field.kind === "several") return several(field, id);
      if (field.kind === "flag") {
        const one = box(field, id, "yes", field.label, value(field) === "yes", (on) => (typed[field.name] = on ? "yes" : ""));
        return el("div", { class: "vk-field" }, one, notes(field, id));
      }
      return el(
        "div",
        { class: `vk-field${field.kind === "long" ? " vk-wide" : ""}` },
        el("label", { for: id }, field.label, star(field)),
        control(field, id),
        offered(field, id),
        notes(field, id),
      );
    }

    function paint() {
      const held = form.contains(document.activeElement) ? document.activeElement.dataset.name : "";
      form.replaceChildren(
        frame.about ? el("p", { class: "vk-about" }, frame.about) : "",
        el(
          "div",
          { class: "vk-grid" },
          (frame.fields ?? []).map(drawn),
          // before the questions have come there is nothing to press
          frame.go ? el("div", { class: "vk-press" }, el("button", { type: "submit", class: "vk-main", "data-name": "-go" }, frame.go)) : null,
        ),
      );
      if (held) form.querySelector(`[data-name="${CSS.escape(held)}"]`)?.focus();
    }

    // Mark fields with what is wrong with them, and go to the first.
    function mark(faults) {
      for (const field of frame.fields ?? []) {
        const words = faults[field.name] ?? "";
        const fault = document.getElementById(`${me}-${field.name}-fault`);
        if (fault) fault.textContent = words;
        document.getElementById(`${me}-${field.name}`)?.setAttribute("aria-invalid", String(Boolean(words)));
      }
      const first = Object.keys(faults)[0];
      if (first === undefined) return;
      (document.getElementById(`${me}-${first}`) ?? form.querySelector(`[data-name^="${CSS.escape(first)} "]`))?.focus();
    }

    function go() {
      const fields = frame.fields ?? [];
      const values = Object.fromEntries(fields.map((field) => [field.name, value(field)]));
      const lacking = fields.filter((field) => field.required && !values[field.name].trim());
      mark(Object.fromEntries(lacking.map((field) => [field.name, say("needed")])));
      if (lacking.length) return;
      model.send({ kind: "go", values });
    }

    function heard(message) {
      if (message?.kind === "wrong") mark(message.faults ?? {});
      if (message?.kind !== "frame") return;
      // What was typed belongs to the fields that were asked; a proposal that changed replaces it.
      const before = Object.fromEntries((frame.fields ?? []).map((field) => [field.name, field.value]));
      for (const field of message.frame.fields ?? []) {
        if (before[field.name] !== undefined && before[field.name] !== field.value) delete typed[field.name];
      }
      frame = message.frame;
      paint();
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
