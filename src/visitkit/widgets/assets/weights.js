export default {
  render({ model, el: root }) {
    const me = Math.random().toString(36).slice(2, 10);
    const words = () => model.get("words");
    const say = (key, facts = {}) => fill(words()[key] ?? "", facts);
    const names = Object.keys(words().dimension);
    let told = {};
    let saved = "";
    let known = false;
    // One move is under way at a time; of those made meanwhile only the latest is sent.
    let turn = 0;
    let answered = 0;
    let waiting = false;
    let lost = 0;

    const title = el("h3", { class: "vk-title" });
    const sliders = new Map(names.map((name) => [name, makeSlider(name)]));
    const watch = makeNumber("watch", "0.5", "100");
    const priority = makeNumber("priority", "0.5", "100");
    const capacity = makeNumber("capacity", "1", "5000");
    const reset = el("button", { type: "button", onclick: () => model.send({ kind: "reset" }) });
    const save = el("button", { type: "button", onclick: () => model.send({ kind: "save", who: me }) });
    const sentence = el("p", { class: "vk-sentence", role: "status", "aria-live": "polite" });
    const filed = el("p", { class: "vk-quiet", role: "status", "aria-live": "polite" });
    const stay = el("p", { class: "vk-quiet" });
    const summary = el("summary", {});
    const up = el("p", { class: "vk-who" });
    const down = el("p", { class: "vk-who" });
    const who = el("details", { class: "vk-moved" }, summary, up, down);
    const weighed = el("legend", {});
    const cut = el("legend", {});
    root.append(
      el("div", { class: "vk vk-weights" }, title,
        el("fieldset", {}, weighed, ...[...sliders.values()].map((one) => one.row)),
        el("fieldset", { class: "vk-cuts" }, cut, watch.row, priority.row, capacity.row),
        el("div", { class: "vk-buttons" }, reset, save), sentence, who, filed, stay),
    );

    function makeSlider(name) {
      const input = el("input", { type: "range", min: "0", max: String(words().highest),
        step: "0.25", id: `${me}-${name}`, oninput: moved });
      const label = el("label", { for: `${me}-${name}` });
      const value = el("output", { for: `${me}-${name}`, class: "vk-value" });
      return { input, label, value, row: el("div", { class: "vk-slider" }, label, input, value) };
    }

    function makeNumber(name, step, max) {
      const input = el("input", { type: "number", min: "0", max, step, id: `${me}-${name}`,
        onchange: moved });
      const label = el("label", { for: `${me}-${name}` });
      return { input, label, row: el("div", { class: "vk-number" }, label, input) };
    }

    function moved() {
      paintValues();
      waiting = true;
      sendNext();
    }

    function sendNext() {
      if (!waiting || turn !== answered) return;
      waiting = false;
      const field = [watch, priority, capacity].find((one) => one.input.value === "");
      if (field) {
        told = { wrong: say("number", { field: field.label.textContent }) };
        paintTold();
        return;
      }
      turn += 1;
      const weights = Object.fromEntries(
        [...sliders].map(([name, one]) => [name, Number(one.input.value)]),
      );
      const cuts = [Number(watch.input.value), Number(priority.input.value)];
      const places = Math.round(Number(capacity.input.value));
      model.send({ kind: "move", turn, weights, cuts, capacity: places });
      // a kernel that was started anew never answers: go on after a while
      clearTimeout(lost);
      lost = setTimeout(() => { answered = turn; sendNext(); }, 15000);
    }

    function setAll(state) {
      for (const [name, one] of sliders) one.input.value = String(state.weights[name]);
      watch.input.value = String(state.cuts[0]);
      priority.input.value = String(state.cuts[1]);
      capacity.input.value = String(state.capacity);
      known = true;
      paintValues();
    }

    function paintValues() {
      for (const one of sliders.values()) {
        one.value.textContent = known ? Number(one.input.value).toFixed(2).replace(/\.?0+$/, "") : "";
      }
    }

    function paintWords() {
      title.textContent = say("title");
      weighed.textContent = say("weights");
      cut.textContent = say("cuts");
      for (const [name, one] of sliders) {
        const word = words().dimension[name];
        one.label.textContent = word;
        one.input.setAttribute("aria-label", say("weight", { dimension: word }));
      }
      for (const [key, one] of Object.entries({ watch, priority, capacity })) {
        one.label.textContent = say(key);
      }
      reset.textContent = say("reset");
      save.textContent = say("save");
      summary.textContent = say("who");
      stay.textContent = say("alerts_stay");
      filed.textContent = saved ? say("saved", { name: saved }) : "";
      [...sliders.values(), watch, priority, capacity].forEach((one) => { one.input.disabled = !known; });
      reset.disabled = !known;
      save.disabled = !known;
      paintValues();
      paintTold();
    }

    function paintTold() {
      const line = known ? told.wrong ?? told.sentence ?? "" : say("empty");
      if (sentence.textContent !== line) sentence.textContent = line;
      sentence.classList.toggle("vk-wrong", Boolean(told.wrong));
      paintWho(up, "up", told.up ?? [], told.more_up);
      paintWho(down, "down", told.down ?? [], told.more_down);
      who.hidden = !(told.up?.length || told.down?.length);
    }

    function paintWho(node, key, ids, more) {
      node.hidden = !ids.length;
      node.replaceChildren(el("strong", {}, say(key)), ...ids.flatMap((id) => [" ", el("button",
        { type: "button", class: "vk-link", onclick: () => model.send({ kind: "student", id }) }, id)]));
      if (more) node.append(" ", say("more", { number: more }));
    }

    function saveFile(name, data) {
      handOver(name, data, "application/toml");
      saved = name;
      paintWords();
    }

    function heard(message, buffers) {
      if (message?.kind === "state") {
        told = message;
        if (turn === answered && !waiting) setAll(message);
        paintWords();
      } else if (message?.kind === "moved" && message.turn === turn) {
        clearTimeout(lost);
        answered = turn;
        told = message;
        paintTold();
        sendNext();
      } else if (message?.kind === "file" && message.who === me) {
        saveFile(message.name, buffers[0]);
      }
    }

    model.on("msg:custom", heard);
    model.on("change:words", paintWords);
    paintWords();
    model.send({ kind: "ready" });
    return () => {
      clearTimeout(lost);
      model.off("msg:custom", heard);
      model.off("change:words", paintWords);
    };
  },
};
