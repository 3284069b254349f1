// Which rules, and on which day we stand; then the screening begins.
export default {
  render({ model, el: root }) {
    const me = Math.random().toString(36).slice(2);
    const say = (key) => model.get("words")[key] ?? "";
    const title = el("h3", {});
    const rules = el("select", { id: `${me}-rules`, "data-name": "rules", "aria-describedby": `${me}-about` });
    const about = el("span", { class: "vk-hint", id: `${me}-about` });
    const day = dayField("date", { id: `${me}-day`, "data-name": "day", required: true, "aria-describedby": `${me}-day-hint` });
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
      explain();
      told.textContent = model.get("said");
    }

    function setRule() {
      rules.value = model.get("rule");
      explain();
    }

    const setDay = () => (day.value = model.get("day"));

    // What comes next stands below what was read: a person must not have to look for it.
    function come() {
      if (!model.get("called") || !model.get("shown")) return;
      requestAnimationFrame(() => {
        form.scrollIntoView({ block: "nearest" });
        rules.focus({ preventScroll: true });
      });
    }

    rules.addEventListener("change", explain);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (!model.get("busy")) model.send({ kind: "go", rules: rules.value, day: day.value });
    });

    const events = [["change:day", setDay], ["change:rule", setRule], ["change:called", come]];
    for (const name of ["words", "shown", "rules", "first", "last", "busy", "said"]) events.push([`change:${name}`, paint]);
    events.forEach(([name, call]) => model.on(name, call));
    paint();
    setRule();
    setDay();
    come();
    return () => events.forEach(([name, call]) => model.off(name, call));
  },
};
