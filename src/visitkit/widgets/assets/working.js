export default {
  render({ model, el: root }) {
    const say = (key) => model.get("words")[key] ?? "";
    let begun = 0;
    let pressed = false;

    const bar = el("progress", { class: "vk-bar" });
    const line = el("span", { class: "vk-said" });
    const clock = el("span", { class: "vk-clock" });
    const button = el("button", { type: "button", class: "vk-stop" });
    const row = el("div", { class: "vk-row", hidden: true }, bar, button, clock, line);
    const told = el("div", { class: "vk-told", role: "status", "aria-live": "polite" });
    const failed = el("div", { class: "vk-failed", role: "alert", hidden: true });
    root.append(el("div", { class: "vk vk-working" }, row, told, failed));

    button.addEventListener("click", () => {
      if (pressed || model.get("state") !== "running") return;
      pressed = true;
      model.send({ kind: "stop" });
      paint();
    });

    // The sentence of the work changes often and is not read aloud; begin and end are.
    function paint() {
      const state = model.get("state");
      const busy = state === "running" || state === "stopping";
      if (!busy) pressed = false;
      const stopping = pressed || state === "stopping";
      const heldFocus = root.contains(document.activeElement);
      row.hidden = !busy;
      button.textContent = say("stop");
      button.setAttribute("aria-disabled", String(stopping));
      bar.setAttribute("aria-label", say("bar"));
      if (model.get("steps") > 0) {
        bar.max = model.get("steps");
        bar.value = Math.min(model.get("step"), model.get("steps"));
      } else {
        bar.removeAttribute("value");
      }
      line.textContent = model.get("said");
      const key = stopping ? "stopping" : state === "failed" || state === "idle" ? "" : state;
      const words = key ? say(key) : "";
      if (told.textContent !== words) told.textContent = words;
      failed.hidden = state !== "failed";
      failed.textContent = state === "failed" ? model.get("failure") : "";
      if (heldFocus && !busy) {
        told.tabIndex = -1;
        told.focus();
      }
    }

    function tick() {
      const seconds = Math.floor((performance.now() - begun) / 1000);
      clock.textContent = fill(say("seconds"), { seconds });
    }

    function start() {
      if (model.get("state") !== "running") return;
      begun = performance.now();
      pressed = false;
      tick();
    }

    const timer = setInterval(() => row.hidden || tick(), 500);
    model.on("change:state", start);
    for (const name of ["state", "step", "steps", "said", "failure", "words"]) {
      model.on(`change:${name}`, paint);
    }
    start();
    paint();
    return () => {
      clearInterval(timer);
      model.off("change:state", start);
      for (const name of ["state", "step", "steps", "said", "failure", "words"]) {
        model.off(`change:${name}`, paint);
      }
    };
  },
};
