// Shared by every view: build elements whose words are text, never HTML.
function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return node;
}

// Fill the {placeholders} of a sentence.
function fill(sentence, facts = {}) {
  return String(sentence).replace(/\{(\w+)\}/g, (whole, name) =>
    name in facts ? String(facts[name]) : whole,
  );
}

// A browser writes a day in the order of its own language; here it is year, month, day for everybody.
// Other ways of writing one are turned into this one; whatever is no day stays, and Python says so.
const DAY_FORMS = { date: "2026-10-14", moment: "2026-10-14 16:30", time: "16:30" };
function tidyDay(kind, typed) {
  const plain = typed.trim();
  const two = (number) => String(number).padStart(2, "0");
  if (kind === "time") {
    const clock = /^(\d{1,2})\D(\d{2})$/.exec(plain);
    return clock ? `${two(clock[1])}:${clock[2]}` : typed;
  }
  const found =
    /^(\d{4})(\d{2})(\d{2})(?:\s+(\d{1,2})\D(\d{2})\D?)?$/.exec(plain) ??
    /^(\d{4})\D{1,3}(\d{1,2})\D{1,3}(\d{1,2})(?:\D{1,3}(\d{1,2})\D(\d{2}))?\D?$/.exec(plain);
  if (!found || (kind === "moment") !== (found[4] !== undefined)) return typed;
  const [, year, month, day, hour, minute] = found;
  const real = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  if (real.getUTCMonth() !== Number(month) - 1 || real.getUTCDate() !== Number(day)) return typed;
  const written = `${year}-${two(month)}-${two(day)}`;
  return kind === "moment" ? `${written} ${two(hour)}:${minute}` : written;
}
function dayField(kind, attributes = {}) {
  const node = el("input", { ...attributes, type: "text", inputmode: "text", placeholder: DAY_FORMS[kind], maxlength: 25, autocomplete: "off" });
  node.addEventListener("change", () => {
    node.value = tidyDay(kind, node.value);
    node.dispatchEvent(new Event("input", { bubbles: true }));
  });
  return node;
}

// Hand a file to the browser to save; its bytes never had an address outside this page.
function handOver(name, data, type) {
  const address = URL.createObjectURL(new Blob([data], { type }));
  const link = el("a", { href: address, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 60000);
}

// In JupyterLab a plain key in an output belongs to the notebook: arrows walk from cell to cell,
// "d d" deletes one. Where our views are shown it is theirs; with Ctrl, Alt or Cmd it stays
// JupyterLab's, which looks for the mark on the element that has the focus.
function keepPlainKeys(event) {
  if (!event.target.closest?.(".jp-OutputArea-output:has(.vk)")) return;
  const plain = !(event.ctrlKey || event.altKey || event.metaKey);
  event.target.toggleAttribute("data-lm-suppress-shortcuts", plain);
}
if (!window.visitkitKeepsKeys) {
  window.visitkitKeepsKeys = true;
  window.addEventListener("keydown", keepPlainKeys, true);
}
