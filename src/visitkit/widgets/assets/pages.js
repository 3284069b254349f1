export default {
  render({ model, el: root }) {
    const bar = el("div", { class: "vk-tabs", role: "tablist" });
    root.append(el("div", { class: "vk vk-pages" }, bar));

    function turn(name, focus) {
      model.send({ kind: "turn", page: name });
      if (focus) bar.querySelector(`[data-name="${CSS.escape(name)}"]`)?.focus();
    }

    function key(event) {
      const names = model.get("names").map(([name]) => name);
      const place = names.indexOf(event.currentTarget.dataset.name);
      const to = { ArrowRight: place + 1, ArrowLeft: place - 1, Home: 0, End: names.length - 1 }[event.key];
      if (to === undefined) return;
      event.preventDefault();
      event.stopPropagation();
      turn(names[(to + names.length) % names.length], true);
    }

    function paint() {
      const held = bar.contains(document.activeElement) ? document.activeElement.dataset.name : "";
      bar.setAttribute("aria-label", model.get("label"));
      bar.replaceChildren(
        ...model.get("names").map(([name, word]) => {
          const on = name === model.get("page");
          const tab = el("button", { type: "button", role: "tab", "data-name": name, "aria-selected": String(on), tabindex: on ? "0" : "-1" }, word);
          tab.addEventListener("click", () => turn(name, false));
          tab.addEventListener("keydown", key);
          return tab;
        }),
      );
      if (held) bar.querySelector(`[data-name="${CSS.escape(held)}"]`)?.focus();
    }

    const names = ["names", "page", "label"];
    names.forEach((name) => model.on(`change:${name}`, paint));
    paint();
    return () => names.forEach((name) => model.off(`change:${name}`, paint));
  },
};
