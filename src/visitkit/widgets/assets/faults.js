// What is wrong in the school's tables, kind by kind.
export default {
  render({ model, el: root }) {
    const say = (key) => model.get("words")[key] ?? "";
    const box = el("section", { class: "vk vk-faults", tabindex: "-1" });
    root.append(box);

    function group(one) {
      const rows = one.places.map(([place, value]) => el("tr", {}, el("td", {}, place), el("td", {}, value)));
      const rest = one.number - one.places.length;
      return el("details", { open: one.open },
        el("summary", {}, el("strong", {}, one.problem), ` ${fill(say(one.number === 1 ? "count_one" : "count"), one)}`),
        el("p", {}, el("b", {}, say("allowed")), one.allowed),
        el("p", {}, el("b", {}, say("fix")), one.fix),
        el("table", {},
          el("thead", {}, el("tr", {}, el("th", { scope: "col" }, say("place")), el("th", { scope: "col" }, say("found")))),
          el("tbody", {}, rows)),
        rest > 0 ? el("p", {}, fill(say("rest"), { number: rest })) : null,
      );
    }

    function paint() {
      const state = model.get("state");
      box.hidden = state.kind === undefined;
      if (box.hidden) return;
      box.replaceChildren(...[
        el("h3", {}, state.title),
        el("p", { role: "status" }, state.summary),
        ...state.groups.map(group),
        state.notes.length
          ? el("details", {}, el("summary", {}, fill(say("notes"), { number: state.notes.length })), el("ul", {}, state.notes.map((note) => el("li", {}, note))))
          : null,
      ].filter((child) => child !== null));
    }

    model.on("change:state", paint);
    model.on("change:words", paint);
    paint();
    return () => {
      model.off("change:state", paint);
      model.off("change:words", paint);
    };
  },
};
