// How the table of students looks: its columns, and what stands in a cell.

const ROW = 34;
const SPARE = 4;
const MARKS = ["\u25b2", "\u25c6", "\u25cb", "\u25cf"];
const TIERS = ["priority", "watch", "unknown", "routine"];
// Column of the page to the column of the list it is sorted by.
const SORTED = {
  rank: "rank", student_id: "ids", name: "names", grade: "grades", class_id: "classes",
  tier: "tier", risk_index: "index", alerts: "alerts", due: "due", stability: "share",
};
const ORDER = [
  "chosen", "rank", "student_id", "name", "class_id", "tier", "risk_index", "reason", "due",
  "alerts", "grade", "stability",
];

// What stands in a cell; a reason that has not come yet is awaited.
function cellText(name, list, row, words, chosen, reasons) {
  switch (name) {
    case "chosen": return chosen.has(row) ? "\u2611" : "\u2610";
    case "rank": return String(list.rank[row]);
    case "student_id": return list.ids[row];
    case "name": return list.names[row];
    case "grade": return words.grade_words?.[list.grades[row]] ?? "";
    case "class_id": return list.classes[row];
    case "risk_index":
      return list.index[row] === NO_INDEX ? "\u2013" : (list.index[row] / 100).toFixed(1);
    case "alerts": return list.alerts[row] ? String(list.alerts[row]) : "";
    case "due": return list.due[row];
    case "stability": return list.share[row] === NO_SHARE ? "" : `${list.share[row]}%`;
    default: return reasons.get(row) ?? words.wait ?? "";
  }
}

// The computed tier by shape, text and colour, and beside it the one that a person set.
function paintTier(cell, list, row, words) {
  const [code, human] = [list.tier[row], list.human[row]];
  const word = (place) => words.tier?.[TIERS[place]] ?? "";
  const mark = `${code}/${human}/${word(code)}`;
  if (cell.vkMark === mark) return;
  cell.vkMark = mark;
  cell.replaceChildren(el("span", { class: `vk-tier-word vk-${TIERS[code]}` },
    el("span", { "aria-hidden": "true", class: "vk-mark" }, MARKS[code]), ` ${word(code)}`));
  if (human === NO_TIER) return;
  const note = fill(words.human ?? "", { tier: `${MARKS[human]} ${word(human)}` });
  cell.append(el("span", { class: `vk-human vk-${TIERS[human]}` }, note));
}

// Different values as a pull-down; what was chosen stays chosen while it is there.
function fillOptions(select, values, every, worded) {
  const kept = select.value;
  const options = values.map((one) => el("option", { value: String(one) }, worded(one) ?? one));
  select.replaceChildren(el("option", { value: "" }, every), ...options);
  select.value = values.map(String).includes(kept) ? kept : "";
}

// Bytes of a message as whole numbers, wherever they lie in its buffer.
function bytes(view, Kind) {
  const plain = view.buffer ? view : new DataView(view);
  return new Kind(plain.buffer.slice(plain.byteOffset, plain.byteOffset + plain.byteLength));
}

function number(value) {
  return value.toLocaleString("en-US");
}
