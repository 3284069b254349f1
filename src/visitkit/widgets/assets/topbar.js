// The line above all pages: language, what is open, lock; it also notices when nobody is there.
export default {
  render({ model, el: root }) {
    const say = (key) => model.get("words")[key] ?? "";
    const heard = ["pointerdown", "pointermove", "keydown", "wheel", "touchstart"];
    const often = 5000;
    let last = Date.now();
    let told = 0;

    const name = el("strong", { class: "vk-name" });
    const line = el("span", { class: "vk-line", role: "status", "aria-live": "polite" });
    const tongues = el("div", { class: "vk-tongues", role: "group" });
    const lock = el("button", { type: "button", class: "vk-lock", onclick: () => model.send({ kind: "lock" }) });
    root.append(el("div", { class: "vk vk-topbar" }, name, line, el("span", { class: "vk-ends" }, tongues, lock)));

    const buttons = { zh: null, en: null };
    for (const lang of Object.keys(buttons)) {
      buttons[lang] = el("button", { type: "button", lang, onclick: () => model.send({ kind: "speak", lang }) });
      tongues.append(buttons[lang]);
    }

    function paint() {
      name.textContent = say("name");
      line.textContent = model.get("line");
      tongues.setAttribute("aria-label", say("language"));
      for (const [lang, button] of Object.entries(buttons)) {
        button.textContent = say(lang);
        button.setAttribute("aria-pressed", String(lang === model.get("lang")));
      }
      lock.textContent = say("lock");
      lock.title = say("lock_hint");
      lock.hidden = !model.get("lockable") || model.get("locked");
      // A page of its own is named and spoken in the person's language; a notebook is not ours.
      if (document.body.dataset.voila !== undefined) {
        document.documentElement.lang = model.get("lang");
        document.title = say("title");
      }
    }

    // Python has answered: what was hidden is gone, or may be seen again.
    function unveil() {
      last = Date.now();
      root.closest(".vk-app")?.classList.remove("vk-veiled");
    }

    function alive() {
      const now = Date.now();
      if (away(now)) return idle();
      last = now;
      if (now - told > often) {
        told = now;
        model.send({ kind: "alive" });
      }
    }

    const away = (now) => now - last > model.get("idle") * 1000;

    function idle() {
      if (!model.get("lockable") || model.get("locked")) {
        last = Date.now();
        return;
      }
      // Hidden here at once, even while Python is busy; what was shown goes when it answers.
      root.closest(".vk-app")?.classList.add("vk-veiled");
      model.send({ kind: "idle" });
    }

    // A clock on the wall: a machine that slept has been away too.
    const clock = setInterval(() => away(Date.now()) && idle(), 1000);
    heard.forEach((event) => document.addEventListener(event, alive, { passive: true, capture: true }));
    const names = ["words", "line", "locked", "lockable", "lang"];
    names.forEach((one) => model.on(`change:${one}`, paint));
    model.on("change:locked", unveil);
    paint();
    // The page has come: Python may get ready what the others need.
    model.send({ kind: "alive" });
    return () => {
      clearInterval(clock);
      heard.forEach((event) => document.removeEventListener(event, alive, { capture: true }));
      names.forEach((one) => model.off(`change:${one}`, paint));
      model.off("change:locked", unveil);
    };
  },
};
