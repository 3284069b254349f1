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
