const DRAWN = "http://www.w3.org/2000/svg";

function draw(tag, attributes = {}, ...children) {
  const node = document.createElementNS(DRAWN, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, String(value));
  node.append(...children);
  return node;
}

export default {
  render({ model, el: root }) {
    const me = Math.random().toString(36).slice(2, 10);
    const words = () => model.get("words");
    const said = (key) => key.split(".").reduce((node, step) => node?.[step], words()) ?? "";
    const say = (key, facts = {}) => fill(said(key), facts);
    let card = null;
    let state = "";
    let wrong = [];
    let typed = {}; // what stands in the form, kept over a change of language

    const top = el("div", { class: "vk-top" });
    const parts = el("div", { class: "vk-parts" });
    const told = el("p", { class: "vk-told", role: "status", "aria-live": "polite" });
    const form = makeForm();
    const frame = el("section", { class: "vk vk-card", tabindex: "-1" }, top, told, parts, form.box);
    root.append(frame);

    // ---- the form for a tier set by a person -----------------------------------------------
    function makeForm() {
      const field = (name, input) => {
        input.id = `${me}-${name}`;
        input.addEventListener("input", () => { typed[name] = input.value; });
        const label = el("label", { for: input.id });
        const fault = el("p", { class: "vk-fault", id: `${me}-${name}-fault` });
        return { input, label, fault, row: el("div", { class: "vk-field" }, label, input, fault) };
      };
      const fields = {
        tier: field("tier", el("select", {})),
        reason_code: field("reason_code", el("select", {})),
        reason: field("reason", el("textarea", { rows: "3", autocomplete: "off" })),
        until: field("until", dayField("date")),
      };
      const summary = el("summary", {});
      const hint = el("p", { class: "vk-quiet" });
      const save = el("button", { type: "button", onclick: decide });
      const withdraw = el("button", { type: "button", onclick: () => {
        model.send({ kind: "withdraw", student: card.student });
      } });
      const box = el("details", { class: "vk-override" }, summary, hint,
        ...Object.values(fields).map((one) => one.row), el("div", { class: "vk-buttons" }, save, withdraw));
      return { box, summary, hint, fields, save, withdraw };
    }

    function decide() {
      const values = Object.fromEntries(
        Object.entries(form.fields).map(([name, one]) => [name, one.input.value]),
      );
      model.send({ kind: "decide", student: card.student, ...values });
    }

    function fillSelect(select, options, kept) {
      select.replaceChildren(el("option", { value: "" }, say("choose")),
        ...Object.entries(options).map(([value, word]) => el("option", { value }, word)));
      select.value = kept ?? "";
    }

    function paintForm() {
      form.box.hidden = !card;
      if (!card) return;
      form.summary.textContent = say("override");
      form.hint.textContent = say("override_hint");
      const tiers = Object.entries(words().tiers).filter(([code]) => code !== card.tier.code);
      fillSelect(form.fields.tier.input, Object.fromEntries(tiers), typed.tier);
      fillSelect(form.fields.reason_code.input, words().codes, typed.reason_code);
      form.fields.reason.input.maxLength = words().longest;
      form.fields.until.input.min = card.as_of;
      for (const [name, one] of Object.entries(form.fields)) {
        one.label.textContent = say(name);
        const fault = wrong.includes(name)
          ? say(`wrong.${name}`, { longest: words().longest, as_of: card.as_of }) : "";
        one.fault.textContent = fault;
        one.input.setAttribute("aria-invalid", String(Boolean(fault)));
        if (fault) one.input.setAttribute("aria-describedby", one.fault.id);
        else one.input.removeAttribute("aria-describedby");
      }
      form.save.textContent = say("save");
      form.withdraw.textContent = say("withdraw");
      form.withdraw.hidden = !card.decided;
    }

    function emptyForm() {
      [typed, wrong] = [{}, []];
      for (const one of Object.values(form.fields)) one.input.value = "";
    }

    // ---- the card ------------------------------------------------------------------------
    function paint() {
      frame.setAttribute("aria-label", say("title"));
      told.textContent = state ? say(state) : "";
      if (!card) {
        top.replaceChildren(el("p", { class: "vk-quiet" }, say("empty")));
        parts.replaceChildren();
        paintForm();
        return;
      }
      const place = card.class ? say("class", { class_id: card.class }) : say("no_class");
      const title = [say("head", { student: card.student }), card.name, place].filter(Boolean);
      top.replaceChildren(
        el("h3", { class: "vk-title" }, title.join(" \u00b7 ")),
        el("p", { class: "vk-tiers" }, tier(say("computed"), card.tier),
          card.decided ? tier(say("decided"), card.decided) : null),
        card.decided ? el("p", { class: "vk-decided" }, card.decided.line) : "",
        ...card.standing.map((line) => el("p", { class: "vk-quiet" }, line)),
        el("div", { class: "vk-buttons" }, el("button", { type: "button",
          "aria-pressed": String(card.chosen), onclick: visit },
          say(card.chosen ? "visit_off" : "visit"))),
      );
      parts.replaceChildren(
        card.alerts.length ? part("alerts", el("ul", {}, ...card.alerts.map((one) =>
          el("li", { class: `vk-${one.state}` }, one.words)))) : "",
        part("concerns", list(card.concerns, "no_concerns")),
        part("protects", list(card.protects, "no_protects")),
        part("unknown", list(card.unknown, "complete")),
        part("dimensions", bars()),
        card.trends.length ? part("trends", ...card.trends.map(trend)) : "",
        part("contacts", list(card.contacts, "no_contacts")),
        el("p", { class: "vk-quiet vk-closing" }, say("closing")),
      );
      paintForm();
    }

    function tier(label, given) {
      return el("span", { class: `vk-set vk-${given.code}` }, `${label}: `,
        el("span", { "aria-hidden": "true" }, given.mark), ` ${given.word}`);
    }

    function part(key, ...nodes) {
      return el("div", { class: `vk-part vk-part-${key}` }, el("h4", {}, say(key)), ...nodes);
    }

    function list(lines, none) {
      if (!lines.length) return el("p", { class: "vk-quiet" }, say(none));
      return el("ul", {}, ...lines.map((line) => el("li", {}, line)));
    }

    function bars() {
      return el("ul", { class: "vk-bars" }, ...card.dimensions.map((one) => {
        const known = one.score !== null;
        return el("li", {}, el("span", { class: "vk-hidden" }, one.line),
          el("span", { "aria-hidden": "true", class: "vk-bar-word" }, one.word),
          el("span", { "aria-hidden": "true", class: `vk-bar ${known ? "" : "vk-bar-unknown"}` },
            el("span", { class: "vk-bar-fill", style: `width: ${known ? one.score : 0}%` })),
          el("span", { "aria-hidden": "true", class: "vk-bar-score" },
            known ? one.score.toFixed(0) : "?"));
      }));
    }

    function trend(one) {
      const title = el("p", { class: "vk-trend-title" }, one.title);
      const line = el("p", { class: "vk-quiet" }, one.said);
      if (!one.points.length) return el("div", { class: "vk-trend" }, title, line);
      const picture = draw("svg", { viewBox: "0 -6 320 98", role: "img" });
      picture.setAttribute("aria-label", `${one.title}. ${one.said}`);
      if (one.kind === "bars") drawBars(picture, one);
      else drawLine(picture, one);
      return el("div", { class: "vk-trend" }, title, picture, line);
    }

    function frameOf(picture, one, count) {
      const most = Math.max(one.highest, ...one.points.map((point) => point.value));
      const x = (place) => 26 + ((place + 0.5) * 288) / count;
      const y = (value) => 72 - (value / most) * 64;
      for (const value of [0, most]) {
        picture.append(draw("line", { x1: 26, x2: 314, y1: y(value), y2: y(value), class: "vk-axis" }));
        const label = draw("text", { x: 22, y: y(value) + 4, "text-anchor": "end" });
        label.textContent = String(value);
        picture.append(label);
      }
      const step = Math.ceil(count / 5);
      one.points.forEach((point, place) => {
        if (place % step) return;
        const label = draw("text", { x: x(place), y: 88, "text-anchor": "middle" });
        label.textContent = point.at;
        picture.append(label);
      });
      return { x, y };
    }

    function drawBars(picture, one) {
      const { x, y } = frameOf(picture, one, one.points.length);
      const width = Math.min(200 / one.points.length, 16);
      one.points.forEach((point, place) => {
        picture.append(draw("rect", { x: x(place) - width / 2, y: y(point.value), width,
          height: 72 - y(point.value), class: "vk-bar-drawn" }));
      });
    }

    function drawLine(picture, one) {
      const { x, y } = frameOf(picture, one, one.points.length);
      for (const name of ["beside", "value"]) {
        const points = one.points.map((point, place) => `${x(place)},${y(point[name])}`);
        picture.append(draw("polyline", { points: points.join(" "), class: `vk-line-${name}` }));
        one.points.forEach((point, place) => {
          const [cx, cy] = [x(place), y(point[name])];
          picture.append(name === "value"
            ? draw("circle", { cx, cy, r: 3.5, class: "vk-dot-value" })
            : draw("rect", { x: cx - 3, y: cy - 3, width: 6, height: 6, class: "vk-dot-beside" }));
        });
      }
      const legend = draw("text", { x: 30, y: 3 });
      legend.textContent = `\u25cf ${say("marks.own")}   \u25a1 ${say("marks.class")}`;
      picture.append(legend);
    }

    function visit() {
      state = card.chosen ? "off_list" : "on_list";
      model.send({ kind: "visit", student: card.student, on: !card.chosen });
    }

    function heard(message) {
      if (message?.kind === "card") {
        const other = message.card?.student !== card?.student;
        const held = frame.contains(document.activeElement) && document.activeElement.closest(".vk-top");
        if (other) { state = ""; emptyForm(); form.box.open = false; }
        card = message.card;
        paint();
        if (message.focus) frame.focus();
        else if (held && !other) top.querySelector("button")?.focus();
      } else if (message?.kind === "wrong") {
        [wrong, state] = [message.fields, ""];
        paint();
        form.fields[wrong[0]]?.input.focus();
      } else if (message?.kind === "saved" || message?.kind === "withdrawn") {
        emptyForm();
        form.box.open = false;
        state = message.kind;
        paint();
        form.summary.focus();
      }
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
