export default {
  render({ model, el: root }) {
    const say = (key) => model.get("words")[key] ?? "";
    // Several views can show one model; the file goes to the one that asked.
    const me = Math.random().toString(36).slice(2);
    let state = "";
    let saved = "";

    const button = el("button", { type: "button", class: "vk-save" });
    const told = el("span", { class: "vk-told", role: "status", "aria-live": "polite" });
    root.append(el("div", { class: "vk vk-saving" }, button, told));

    button.addEventListener("click", () => {
      if (state === "making" || !model.get("enabled")) return;
      state = "making";
      model.send({ kind: "ask", who: me });
      paint();
    });

    function save(name, data) {
      const address = URL.createObjectURL(new Blob([data]));
      const link = el("a", { href: address, download: name });
      document.body.append(link);
      link.click();
      link.remove();
      setTimeout(() => URL.revokeObjectURL(address), 60000);
    }

    function heard(message, buffers) {
      if (message?.who !== me) return;
      if (message.kind === "file") {
        save(message.name, buffers[0]);
        state = "saved";
        saved = message.name;
      } else {
        state = "failed";
      }
      paint();
    }

    function paint() {
      button.textContent = model.get("label");
      button.disabled = !model.get("enabled");
      button.setAttribute("aria-disabled", String(state === "making"));
      const words = state === "failed" ? model.get("failure") : state ? say(state) : "";
      told.textContent = fill(words, { name: saved });
      told.classList.toggle("vk-failed", state === "failed");
    }

    const names = ["label", "enabled", "failure", "words"];
    names.forEach((name) => model.on(`change:${name}`, paint));
    model.on("msg:custom", heard);
    paint();
    return () => {
      names.forEach((name) => model.off(`change:${name}`, paint));
      model.off("msg:custom", heard);
    };
  },
};
