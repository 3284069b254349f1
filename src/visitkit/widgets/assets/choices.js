// Which rules, and on which day we stand; then the screening begins.
export default {
  render({ model, el: root }) {
    const me = Math.random().toString(36).slice(2);
    const say = (key) => model.get("words")[key] ?? "";
    const title = el("h3", {});
    const rules = el("select", { id: `${me}-rules`, "data-name": "rules", "aria-describedby": `${me}-about` });
    const about = el("span", { class: "vk-hint", id: `${me}-about` });
    const day = el("input", { id: `${me}-day`, type: "date", "data-name": "day", required: true, "aria-describedby": `${me}-day-hint` });
    const hint = el("span", { class: "vk-hint", id: `${me}-day-hint` });
    const names = { rules: el("label", { for: rules.id }), day: el("label", { for: day.id }) };
    const go = el("button", { type: "submit", class: "vk-main", "data-name": "go" });
    const told = el("p", { class: "vk-told", role: "alert" });
    const form = el("form", { class: "vk vk-choices", novalidate: true },
      title,
      el("div", { class: "vk-grid" },
        el("div", { class: "vk-field" }, names.rules, rules, about),
        el("div", { class: "vk-field" }, names.day, day, hint)),
      go, told);
    root.append(form);

    function explain() {
      about.textContent = model.get("rules").find(([code]) => code === rules.value)?.[2] ?? "";
    }

    function paint() {
      form.hidden = !model.get("shown");
      title.textContent = say("title");
      names.rules.textContent = say("rules");
      names.day.textContent = say("day");
      hint.textContent = fill(say("day_hint"), { first: model.get("first"), last: model.get("last") });
      go.textContent = say("go");
      go.setAttribute("aria-disabled", String(model.get("busy")));
      const chosen = rules.value || model.get("rule");
      rules.replaceChildren(...model.get("rules").map(([code, word]) => el("option", { value: code }, word)));
      rules.value = chosen;
      day.min = model.get("first");
      day.max = model.get("last");
      explain();
      told.textContent = model.get("said");
    }

    function set() {
      rules.value = model.get("rule");
      day.value = model.get("day");
      explain();
    }

    rules.addEventListener("change", explain);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (!model.get("busy")) model.send({ kind: "go", rules: rules.value, day: day.value });
    });

    const events = [["change:day", set], ["change:rule", set]];
    for (const name of ["words", "shown", "rules", "first", "last", "busy", "said"]) events.push([`change:${name}`, paint]);
    events.forEach(([name, call]) => model.on(name, call));
    paint();
    set();
    return () => events.forEach(([name, call]) => model.off(name, call));
  },
};
