// Rows of a group painted at first; a school with hundreds of alerts asks for more.
const AT_ONCE = 30;
const STATES = { late: "\u26a0", waits: "\u25f7", answered: "\u2713" };

export default {
  render({ model, el: root }) {
    const words = () => model.get("words");
    const said = (key) => key.split(".").reduce((node, step) => node?.[step], words()) ?? "";
    const say = (key, facts = {}) => fill(said(key), facts);
    let board = null;
    const folded = new Set();
    const longer = new Map();

    const title = el("h3", { class: "vk-title" });
    const kind = el("select", { onchange: paint });
    const hide = el("button", { type: "button", "aria-pressed": "false", onclick: () => {
      hide.setAttribute("aria-pressed", String(hide.getAttribute("aria-pressed") !== "true"));
      paint();
    } });
    const count = el("p", { class: "vk-count", role: "status", "aria-live": "polite" });
    const groups = el("div", { class: "vk-groups" });
    const frame = el("section", { class: "vk vk-board" }, title,
      el("div", { class: "vk-bar" }, kind, hide), count, groups);
    root.append(frame);

    function paint() {
      title.textContent = say("title");
      frame.setAttribute("aria-label", say("title"));
      kind.setAttribute("aria-label", say("kind"));
      hide.textContent = say("hide_answered");
      const hidden = hide.getAttribute("aria-pressed") === "true";
      const shown = (board?.groups ?? [])
        .filter((group) => !kind.value || group.kind === kind.value)
        .map((group) => ({ ...group,
          rows: group.rows.filter((row) => !hidden || row.state !== "answered") }))
        .filter((group) => group.rows.length);
      const number = shown.reduce((sum, group) => sum + group.rows.length, 0);
      const none = !board?.groups.length;
      count.textContent = none ? say("empty")
        : `${say("counts", board.counts)} \u00b7 ${say("shows", { shown: number })}`;
      groups.replaceChildren(...shown.map(paintGroup));
    }

    function paintGroup(group) {
      const name = `${group.kind}/${group.matter}/${group.source}`;
      const limit = longer.get(name) ?? AT_ONCE;
      const more = group.rows.length - limit;
      const box = el("details", { class: `vk-group vk-kind-${group.kind}` },
        el("summary", {}, say("group", { matter: group.matter, number: group.rows.length })),
        el("p", { class: "vk-quiet" }, [group.todo && say("todo", { todo: group.todo }),
          group.owner && say("owner", { owner: group.owner }),
          group.source && say("source", { source: group.source })].filter(Boolean).join(" \u00b7 ")),
        el("ul", {}, ...group.rows.slice(0, limit).map(paintRow)),
        more > 0 ? el("button", { type: "button", onclick: () => {
          longer.set(name, limit + 10 * AT_ONCE);
          paint();
        } }, say("more", { number: Math.min(more, 10 * AT_ONCE) })) : null,
      );
      box.open = !folded.has(name);
      box.addEventListener("toggle", () => {
        if (box.open) folded.delete(name);
        else folded.add(name);
      });
      return box;
    }

    function paintRow(row) {
      const who = [row.student, row.name, row.class].filter(Boolean).join(" ");
      const clock = row.state === "answered" ? say("answered", { answered: row.answered })
        : [row.left, row.due && row.left ? say("due", { due: row.due }) : ""].filter(Boolean).join(" \u00b7 ");
      return el("li", { class: `vk-alert vk-${row.state}` },
        el("span", { "aria-hidden": "true", class: "vk-state" }, STATES[row.state]),
        el("button", { type: "button", class: "vk-link",
          "aria-label": say("open", { student: who }),
          onclick: () => model.send({ kind: "open", student: row.student }) }, who),
        el("span", { class: "vk-clock" }, clock),
        el("span", { class: "vk-fact" }, row.fact));
    }

    function fillKinds() {
      const kept = kind.value;
      kind.replaceChildren(el("option", { value: "" }, say("all_kinds")),
        ...(board?.kinds ?? []).map(([code, word]) => el("option", { value: code }, word)));
      kind.value = (board?.kinds ?? []).some(([code]) => code === kept) ? kept : "";
    }

    function heard(message) {
      if (message?.kind !== "board") return;
      board = message.board;
      fillKinds();
      paint();
    }

    const reworded = () => { fillKinds(); paint(); };
    model.on("msg:custom", heard);
    model.on("change:words", reworded);
    reworded();
    model.send({ kind: "ready" });
    return () => {
      model.off("msg:custom", heard);
      model.off("change:words", reworded);
    };
  },
};
