const SVG = "http://www.w3.org/2000/svg";

function draw(tag, attributes = {}, ...children) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, String(value));
  node.append(...children);
  return node;
}

export default {
  render({ model, el: root }) {
    const say = (key, facts) => fill(model.get("words")[key] ?? "", facts);
    const unique = `vk-routes-${Math.random().toString(36).slice(2)}`;

    const dayLabel = el("span");
    const days = el("select");
    const crewLabel = el("span");
    const crews = el("select");
    const how = el("p", { class: "vk-how" });
    const stage = el("div", { class: "vk-stage" });
    const listTitle = el("h4", { id: `${unique}-title` });
    const list = el("div", {
      class: "vk-stops", role: "listbox", tabindex: "0", "aria-labelledby": `${unique}-title`,
    });
    const missing = el("p", { class: "vk-missing" });
    const told = el("div", { class: "vk-hidden", "aria-live": "polite" });
    root.append(
      el("section", { class: "vk vk-routes" },
        el("div", { class: "vk-pick" },
          el("label", {}, dayLabel, " ", days), el("label", {}, crewLabel, " ", crews)),
        how,
        el("div", { class: "vk-two" }, stage, el("div", { class: "vk-side" }, listTitle, list)),
        missing, told),
    );

    const picture = () => model.get("picture");
    const shown = () =>
      (picture().crews ?? []).filter((one) => !model.get("crew") || one.letter === model.get("crew"));
    const stops = () => shown().flatMap((crew) => crew.stops);

    days.addEventListener("change", () => model.send({ kind: "day", id: days.value }));
    crews.addEventListener("change", () => model.send({ kind: "crew", id: crews.value }));
    list.addEventListener("keydown", (event) => {
      const all = stops();
      const at = all.findIndex((stop) => stop.mark === model.get("stop"));
      const steps = { ArrowDown: at + 1, ArrowRight: at + 1, ArrowUp: at - 1, ArrowLeft: at - 1, Home: 0, End: all.length - 1 };
      if (!(event.key in steps) || !all.length) return;
      event.preventDefault();
      const next = Math.min(Math.max(steps[event.key], 0), all.length - 1);
      model.send({ kind: "stop", id: all[next].mark });
    });

    function paintControls() {
      dayLabel.textContent = say("day");
      crewLabel.textContent = say("crew");
      days.replaceChildren(
        ...model.get("days").map((one) => el("option", { value: one.id }, one.label)));
      days.value = model.get("day");
      crews.replaceChildren(
        el("option", { value: "" }, say("all_crews")),
        ...(picture().crews ?? []).map((one) =>
          el("option", { value: one.letter }, say("crew_option", one))));
      crews.value = model.get("crew");
      how.textContent = model.get("days").length ? say("how") : "";
      listTitle.textContent = model.get("days").length ? say("stops") : "";
    }

    function key(crew) {
      return draw("svg", { class: "vk-key", viewBox: "0 0 60 12", "aria-hidden": "true" },
        draw("path", { d: "M2 6h56", stroke: crew.colour, "stroke-width": 3, "stroke-dasharray": crew.dash || "none" }));
    }

    function paintList() {
      list.hidden = !shown().length;
      list.replaceChildren(...shown().map((crew, number) => {
        const name = `${unique}-g${number}`;
        return el("div", { role: "group", "aria-labelledby": name },
          el("div", { class: "vk-crew" }, key(crew),
            el("span", { id: name }, say("crew_option", crew))),
          ...crew.stops.map((stop) => el("div", {
            role: "option", id: `${unique}-${stop.mark}`, class: "vk-option",
            "aria-selected": String(stop.mark === model.get("stop")),
            onclick: () => model.send({ kind: "stop", id: stop.mark }),
          }, el("b", {}, stop.mark), ` ${stop.words}`)));
      }));
      const marks = picture().missing ?? [];
      missing.textContent = marks.length ? say("missing", { marks: marks.join(", ") }) : "";
    }

    function paintStage() {
      const now = picture();
      if (!now.width) {
        stage.replaceChildren(el("p", {}, say(model.get("days").length ? "nothing" : "nobody")));
        return;
      }
      const { width, height } = now;
      const label = say("map", { day: now.label, crews: shown().length, stops: stops().length });
      const svg = draw("svg", { viewBox: `0 0 ${width} ${height + 70}`, role: "img", "aria-label": label });
      svg.append(draw("rect", { width, height, fill: "#fbfcfc", stroke: "#aab4be" }));
      svg.append(...now.grid.map(([a, b, c, d]) =>
        draw("path", { d: `M${a} ${b}L${c} ${d}`, stroke: "#e3e7ea" })));
      for (const crew of shown()) {
        for (const way of crew.ways) {
          svg.append(draw("polyline", {
            points: way, fill: "none", stroke: crew.colour, "stroke-width": 2.6,
            "stroke-linejoin": "round", "stroke-dasharray": crew.dash || "none",
          }));
        }
      }
      const drawn = shown().flatMap((crew) => crew.stops.filter((stop) => stop.place).map((stop) => ({ crew, stop })));
      for (const { stop: { home, place } } of drawn) {
        if (home[0] === place[0] && home[1] === place[1]) continue;
        svg.append(draw("path", { d: `M${home[0]} ${home[1]}L${place[0]} ${place[1]}`, stroke: "#1c2430" }),
          draw("circle", { cx: home[0], cy: home[1], r: 3.5, fill: "#1c2430" }));
      }
      svg.append(...drawn.map(({ crew, stop }) => mark(crew, stop)));
      svg.append(square(now.school[0] - 12, now.school[1] - 12), ...legend(now));
      stage.replaceChildren(svg);
    }

    function mark(crew, stop) {
      const [x, y] = stop.place;
      const here = stop.mark === model.get("stop");
      const node = draw("g", { class: "vk-mark" },
        draw("circle", { cx: x, cy: y, r: here ? 21 : 15, fill: here ? crew.colour : "#fff", stroke: here ? "#1c2430" : crew.colour, "stroke-width": here ? 4 : 2.6 }),
        draw("text", { x, y: y + 4.6, "text-anchor": "middle", fill: here ? "#fff" : "#1c2430", class: `vk-m${Math.min(stop.mark.length, 4)}` }, stop.mark));
      node.addEventListener("click", () => model.send({ kind: "stop", id: stop.mark }));
      return node;
    }

    const square = (x, y) => draw("rect", {
      x, y, width: 24, height: 24, fill: picture().school_known ? "#1c2430" : "#fff", stroke: "#1c2430", "stroke-width": 2.6,
    });

    function legend({ width, height, bar, school_known: known }) {
      const low = height + 62;
      const end = 30 + bar.length;
      return [
        square(width / 2 - 12, height + 24),
        draw("text", { x: width / 2 + 22, y: height + 42 }, say(known ? "school" : "middle")),
        draw("path", { d: `M30 ${height + 36}H${end}M30 ${height + 28}v16M${end} ${height + 28}v16`, stroke: "#1c2430", "stroke-width": 2, fill: "none" }),
        draw("text", { x: 30, y: low }, "0"),
        draw("text", { x: end, y: low, "text-anchor": "middle" }, bar.words),
        draw("path", { d: `M${width - 40} ${height + 10}l10 34l-10 -8l-10 8z`, fill: "#1c2430" }),
        draw("text", { x: width - 40, y: low, "text-anchor": "middle" }, say("north")),
      ];
    }

    function paintStop() {
      for (const option of list.querySelectorAll("[role=option]")) {
        const here = option.id === `${unique}-${model.get("stop")}`;
        option.setAttribute("aria-selected", String(here));
        if (here) {
          list.setAttribute("aria-activedescendant", option.id);
          const box = option.getBoundingClientRect();
          const frame = list.getBoundingClientRect();
          if (box.top < frame.top) list.scrollTop -= frame.top - box.top + 4;
          if (box.bottom > frame.bottom) list.scrollTop += box.bottom - frame.bottom + 4;
          told.textContent = option.textContent;
        }
      }
      paintStage();
    }

    function paint() {
      paintControls();
      paintList();
      paintStage();
    }

    const watched = { "change:words": paint, "change:days": paint, "change:picture": paint, "change:day": paint, "change:crew": paint, "change:stop": paintStop };
    for (const [name, call] of Object.entries(watched)) model.on(name, call);
    paint();
    return () => Object.entries(watched).forEach(([name, call]) => model.off(name, call));
  },
};
