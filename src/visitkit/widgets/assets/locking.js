// What is seen while the screen is locked. A passphrase leaves its field in one message.
export default {
  render({ model, el: root }) {
    const me = Math.random().toString(36).slice(2);
    const say = (key) => model.get("words")[key] ?? "";
    const fields = el("div", { class: "vk-fields" });
    const told = el("p", { class: "vk-told" });
    const title = el("h2", {});
    const about = el("p", {});
    const again = el("p", { class: "vk-quiet" });
    const go = el("button", { type: "submit", class: "vk-main" });
    const form = el("form", { class: "vk vk-locking", autocomplete: "off", novalidate: true }, title, about, fields, go, told, again);
    root.append(form);
    let busy = false;

    const secrets = () => [...fields.querySelectorAll("input")];

    function field(name) {
      const id = `${me}-${name}`;
      const input = el("input", { id, type: "password", "data-name": name, autocomplete: "new-password" });
      return el("div", { class: "vk-field" }, el("label", { for: id }, say(name)), input);
    }

    function paint() {
      const guarded = model.get("guarded");
      title.textContent = say("title");
      about.textContent = say(guarded ? "about_guarded" : "about");
      const wanted = guarded ? ["people", ...(model.get("psych") ? ["psych"] : [])] : [];
      fields.replaceChildren(...wanted.map(field));
      go.textContent = say(guarded ? "unlock" : "go_on");
      again.textContent = guarded ? say("forgotten") : "";
      (secrets()[0] ?? go).focus({ preventScroll: true });
    }

    function tell() {
      told.setAttribute("role", model.get("wrong") ? "alert" : "status");
      told.classList.toggle("vk-wrong", model.get("wrong"));
      told.textContent = model.get("said");
    }

    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (busy) return;
      busy = true;
      const typed = Object.fromEntries(secrets().map((input) => [input.dataset.name, input.value]));
      secrets().forEach((input) => (input.value = ""));
      told.setAttribute("role", "status");
      told.classList.remove("vk-wrong");
      told.textContent = model.get("guarded") ? say("opening") : "";
      model.send({ kind: "unlock", ...typed });
    });

    function heard(message) {
      if (message?.kind !== "forget") return;
      busy = false;
      tell();
      secrets()[0]?.focus();
    }

    const events = [
      ["change:words", paint], ["change:guarded", paint], ["change:psych", paint],
      ["change:said", tell], ["change:wrong", tell], ["msg:custom", heard],
    ];
    events.forEach(([name, call]) => model.on(name, call));
    paint();
    tell();
    requestAnimationFrame(() => (secrets()[0] ?? go).focus({ preventScroll: true }));
    return () => events.forEach(([name, call]) => model.off(name, call));
  },
};
