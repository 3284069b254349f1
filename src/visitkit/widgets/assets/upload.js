export default {
  render({ model, el: root }) {
    const id = Math.random().toString(36).slice(2);
    const say = (key) => model.get("words")[key] ?? "";
    // The browser's own button speaks the browser's language; the label is pressed instead.
    const label = el("label", { for: id, class: "vk-press" });
    const input = el("input", { type: "file", id, class: "vk-hidden" });
    const told = el("span", { class: "vk-told", role: "status", "aria-live": "polite" });
    root.append(el("div", { class: "vk vk-upload" }, input, label, told));

    input.addEventListener("change", async () => {
      const file = input.files[0];
      if (!file) return;
      if (file.size > model.get("most")) {
        told.textContent = fill(say("not_taken"), { endings: model.get("endings").join(" ") });
        return;
      }
      told.textContent = say("taking");
      const data = await file.arrayBuffer();
      model.send({ kind: "file", name: file.name }, undefined, [data]);
      input.value = "";
    });

    function paint() {
      label.textContent = model.get("label");
      input.accept = model.get("endings").join(",");
      told.textContent = model.get("said");
      told.classList.toggle("vk-wrong", model.get("wrong"));
    }

    const names = ["label", "endings", "said", "wrong", "words"];
    names.forEach((name) => model.on(`change:${name}`, paint));
    paint();
    return () => names.forEach((name) => model.off(`change:${name}`, paint));
  },
};
