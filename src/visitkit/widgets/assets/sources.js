// Where the school's tables come from: the sample, files of one's own, or a folder.
export default {
  render({ model, el: root }) {
    const me = Math.random().toString(36).slice(2);
    const say = (key) => model.get("words")[key] ?? "";
    const PIECE = 512 * 1024;
    let sending = null;

    const pick = el("input", { id: `${me}-files`, type: "file", class: "vk-hidden", multiple: true, accept: model.get("endings").join(","), "data-name": "files", "aria-describedby": `${me}-files-hint` });
    const folder = el("input", { id: `${me}-folder`, type: "text", "data-name": "folder", autocomplete: "off", spellcheck: "false", "aria-describedby": `${me}-folder-hint` });
    const sample = el("button", { type: "button", class: "vk-main", "data-name": "sample" });
    const open = el("button", { type: "submit", "data-name": "open" });
    const words = {};
    const word = (key, tag = "span", more = {}) => (words[key] = el(tag, more));
    const told = el("p", { class: "vk-told", role: "status", "aria-live": "polite" });

    const own = el("section", { class: "vk-way vk-own", "aria-labelledby": `${me}-own` },
      word("own", "h3", { id: `${me}-own` }),
      word("own_about", "p"),
      el("div", { class: "vk-field" }, el("label", { class: "vk-pick" }, word("files"), pick), word("files_hint", "span", { class: "vk-hint", id: `${me}-files-hint` })),
      el("form", { class: "vk-field", novalidate: true }, word("folder", "label", { for: `${me}-folder` }), el("span", { class: "vk-row" }, folder, open), word("folder_hint", "span", { class: "vk-hint", id: `${me}-folder-hint` })),
      told,
    );
    const made = el("section", { class: "vk-way", "aria-labelledby": `${me}-sample` },
      word("sample", "h3", { id: `${me}-sample` }),
      word("sample_about", "p"),
      sample,
    );
    const tongues = el("div", { class: "vk-tongues", role: "group" });
    for (const lang of ["zh", "en"]) {
      tongues.append(el("button", { type: "button", lang, "data-lang": lang, onclick: () => model.send({ kind: "speak", lang }) }, ""));
    }
    root.append(el("div", { class: "vk vk-sources" },
      word("title", "h2"), word("about", "p"),
      el("p", { class: "vk-first" }, word("language", "span", { id: `${me}-tongue` }), tongues),
      el("div", { class: "vk-ways" }, own, made),
    ));
    tongues.setAttribute("aria-labelledby", `${me}-tongue`);

    sample.addEventListener("click", () => model.get("busy") || model.send({ kind: "sample" }));
    own.querySelector("form").addEventListener("submit", (event) => {
      event.preventDefault();
      if (!model.get("busy")) model.send({ kind: "folder", path: folder.value });
    });
    pick.addEventListener("change", () => {
      if (pick.files.length) begin([...pick.files]);
    });
    own.addEventListener("dragover", (event) => event.preventDefault());
    own.addEventListener("drop", (event) => {
      event.preventDefault();
      if (event.dataTransfer.files.length) begin([...event.dataTransfer.files]);
    });

    // Files travel in pieces, each asked for, so that a large workbook neither floods nor breaks the line.
    function begin(files) {
      if (model.get("busy")) return;
      sending = files;
      model.send({ kind: "begin", files: files.map((file) => ({ name: file.name, size: file.size })) });
    }

    async function piece(number, from) {
      const file = sending?.[number];
      if (!file) return;
      const bytes = await file.slice(from, from + PIECE).arrayBuffer();
      model.send({ kind: "piece", file: number, from }, undefined, [bytes]);
    }

    function heard(message) {
      if (message?.kind === "next") piece(message.file, message.from);
      if (message?.kind === "over") {
        sending = null;
        pick.value = "";
      }
    }

    function paint() {
      for (const [key, node] of Object.entries(words)) node.textContent = say(key);
      sample.textContent = say("sample_open");
      open.textContent = say("folder_open");
      for (const button of tongues.children) {
        button.textContent = say(button.dataset.lang);
        button.setAttribute("aria-pressed", String(button.dataset.lang === model.get("lang")));
      }
      const busy = model.get("busy");
      for (const one of [sample, open]) one.setAttribute("aria-disabled", String(busy));
      pick.disabled = busy;
      pick.parentElement.classList.toggle("vk-off", busy);
      told.textContent = model.get("said");
      told.classList.toggle("vk-wrong", model.get("wrong"));
    }

    const events = ["words", "busy", "said", "wrong", "lang"].map((name) => [`change:${name}`, paint]);
    events.push(["msg:custom", heard]);
    events.forEach(([name, call]) => model.on(name, call));
    paint();
    return () => events.forEach(([name, call]) => model.off(name, call));
  },
};
