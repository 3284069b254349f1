// Passphrases leave their fields in one message and are wiped at once.
export default {
  render({ model, el: root }) {
    const me = Math.random().toString(36).slice(2);
    const say = (key) => model.get("words")[key] ?? "";
    const given = { folder: model.get("folder"), actor: model.get("actor"), role: model.get("role"), school: "" };
    let way = "open";
    let busy = false;

    const told = el("p", { class: "vk-told" });
    const body = el("div", {});
    const form = el("form", { class: "vk vk-unlocking", autocomplete: "off", novalidate: true }, body, told);
    root.append(form);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      unlock();
    });

    function field(name, help, more = {}) {
      const id = `${me}-${name}`;
      const input = el("input", {
        id,
        type: "text",
        "data-name": name,
        autocomplete: "off",
        spellcheck: "false",
        "aria-describedby": help ? `${id}-hint` : false,
        ...more,
      });
      if (name in given) {
        input.value = given[name];
        input.addEventListener("input", () => (given[name] = input.value));
      }
      return el(
        "div",
        { class: "vk-field" },
        el("label", { for: id }, say(name)),
        input,
        help ? el("span", { class: "vk-hint", id: `${id}-hint` }, help) : null,
      );
    }

    function role() {
      const id = `${me}-role`;
      const options = model.get("roles").map(([code, word]) => el("option", { value: code }, word));
      const node = el("select", { id, "data-name": "role" }, options);
      node.value = given.role;
      node.addEventListener("change", () => (given.role = node.value));
      return el("div", { class: "vk-field" }, el("label", { for: id }, say("role")), node);
    }

    const secret = { type: "password", autocomplete: "new-password" };

    function paint() {
      const held = form.contains(document.activeElement) ? document.activeElement.dataset.name : "";
      if (model.get("is_open")) {
        const lock = el("button", { type: "button", "data-name": "lock" }, say("lock"));
        lock.addEventListener("click", () => model.send({ kind: "lock" }));
        body.replaceChildren(el("p", { class: "vk-open" }, `✓ ${say("opened")} `, lock));
        return;
      }
      const turn = el("button", { type: "button", "data-name": "turn" }, say(way === "open" ? "make_new" : "open_old"));
      turn.addEventListener("click", () => {
        way = way === "open" ? "new" : "open";
        paint();
      });
      const people = el("datalist", { id: `${me}-roll` }, model.get("people").map(([code, word]) => el("option", { value: code }, word)));
      body.replaceChildren(
        el("h3", {}, say(way === "open" ? "title_open" : "title_new")),
        el("p", { class: "vk-purpose" }, say(way === "open" ? "about_open" : "about_new")),
        el(
          "div",
          { class: "vk-grid" },
          field("folder", say("folder_hint")),
          way === "new" ? field("school", "") : null,
          field("actor", "", { list: `${me}-roll` }),
          role(),
          field("people", say(way === "open" ? "people_hint" : "people_new"), secret),
          field("psych", say(way === "open" ? "psych_hint" : "psych_new"), secret),
          people,
        ),
        el(
          "div",
          { class: "vk-row" },
          el("button", { type: "submit", class: "vk-main", "data-name": "go" }, say(way === "open" ? "open" : "make")),
          turn,
        ),
      );
      if (held) body.querySelector(`[data-name="${held}"]`)?.focus();
    }

    const secrets = () => ["people", "psych"].map((name) => body.querySelector(`[data-name="${name}"]`)).filter(Boolean);

    function unlock() {
      if (busy || model.get("is_open")) return;
      busy = true;
      told.textContent = say("opening");
      told.setAttribute("role", "status");
      const typed = Object.fromEntries(secrets().map((input) => [input.dataset.name, input.value]));
      model.send({ kind: "unlock", way, ...given, ...typed });
      secrets().forEach((input) => (input.value = ""));
    }

    function tell() {
      told.setAttribute("role", model.get("wrong") ? "alert" : "status");
      told.textContent = model.get("said");
      told.classList.toggle("vk-wrong", model.get("wrong"));
    }

    function heard(message) {
      if (message?.kind !== "forget") return;
      busy = false;
      secrets().forEach((input) => (input.value = ""));
      tell();
      if (model.get("wrong")) secrets()[0]?.focus();
    }

    // What Python proposes is taken over as long as nothing else was typed.
    function proposed(name) {
      return () => {
        given[name] = model.get(name);
        paint();
      };
    }
    const offered = ["folder", "actor", "role"].map((name) => [`change:${name}`, proposed(name)]);
    const events = [
      ["change:is_open", paint],
      ["change:words", paint],
      ["change:roles", paint],
      ["change:people", paint],
      ["change:said", tell],
      ["msg:custom", heard],
      ...offered,
    ];
    events.forEach(([name, call]) => model.on(name, call));
    tell();
    paint();
    return () => events.forEach(([name, call]) => model.off(name, call));
  },
};
