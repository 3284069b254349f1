// The pure part of the table of students: which rows are shown, and in which order.
// Rows are known by their place in the columns, which never changes while a list is shown.

const NO_INDEX = 0xffff;
const NO_SHARE = 0xff;
const NO_TIER = 0xff;
const SPAN = 2 ** 21; // more students than any list holds; keeps two whole numbers in one

// Put the columns that stay beside each other.
function makeList(columns) {
  const size = columns.ids.length;
  const list = {
    ...columns,
    size,
    rank: Uint32Array.from({ length: size }, (_, row) => row + 1),
    index: new Uint16Array(size).fill(NO_INDEX),
    tier: new Uint8Array(size),
    human: new Uint8Array(size).fill(NO_TIER),
    share: new Uint8Array(size).fill(NO_SHARE),
    byRank: Uint32Array.from({ length: size }, (_, row) => row),
    places: {},
  };
  const names = columns.names.length ? columns.names : null;
  list.text = columns.ids.map((id, row) =>
    `${id} ${columns.classes[row]} ${names ? names[row] : ""}`.toLowerCase(),
  );
  return list;
}

// Take a new order; one that is not whole is refused, and the list stays as it was.
function takeRanks(list, rank, index, tier) {
  if (rank.length !== list.size || index.length !== list.size || tier.length !== list.size) {
    return false;
  }
  const byRank = new Uint32Array(list.size).fill(list.size);
  for (let row = 0; row < list.size; row += 1) byRank[rank[row] - 1] = row;
  if (byRank.includes(list.size)) return false;
  Object.assign(list, { rank, index, tier, byRank });
  return true;
}

// Take the tiers that people set: student to the place of the tier.
function takeHuman(list, decided) {
  list.human = Uint8Array.from(list.ids, (id) => decided[id] ?? NO_TIER);
}

// Each row's place among the different values of a column; what is missing comes last.
function placesOf(list, column) {
  if (list.places[column]) return list.places[column];
  const values = list[column];
  const order = new Intl.Collator("zh", { numeric: true });
  const missing = (value) => value === "" || value === null || value === undefined;
  const kinds = [...new Set(values)].filter((value) => !missing(value));
  kinds.sort((a, b) => (typeof a === "number" ? a - b : order.compare(a, b)));
  const place = new Map(kinds.map((value, number) => [value, number]));
  list.places[column] = Int32Array.from(values, (value) => (missing(value) ? -1 : place.get(value)));
  return list.places[column];
}

function keysOf(list, column) {
  if (column === "index") return Int32Array.from(list.index, (one) => (one === NO_INDEX ? -1 : one));
  if (column === "share") return Int32Array.from(list.share, (one) => (one === NO_SHARE ? -1 : one));
  if (column === "tier") return Int32Array.from(list.tier);
  return placesOf(list, column);
}

// All rows in the order of a column; rows that are equal in it stand by rank.
function orderRows(list, column, falling) {
  if (column === "rank") {
    return falling ? list.byRank.slice().reverse() : list.byRank;
  }
  const keys = keysOf(list, column);
  const highest = keys.reduce((most, key) => Math.max(most, key), 0);
  const both = new Float64Array(list.size);
  for (let row = 0; row < list.size; row += 1) {
    const key = keys[row] < 0 ? highest + 1 : falling ? highest - keys[row] : keys[row];
    both[row] = key * SPAN + list.rank[row] - 1;
  }
  both.sort();
  return Uint32Array.from(both, (one) => list.byRank[one % SPAN]);
}

// The rows of an order that pass the filters: search, grade, class, tiers, chosen.
function keepRows(list, order, filters) {
  const words = (filters.search ?? "").toLowerCase().split(/\s+/).filter(Boolean);
  const tiers = filters.tiers ?? [];
  const open = !words.length && !filters.grade && !filters.class && !tiers.length && !filters.chosen;
  if (open) return order;
  const wanted = new Set(tiers);
  return order.filter(
    (row) =>
      // whom a person has raised is found under both tiers
      (!wanted.size || wanted.has(list.tier[row]) || wanted.has(list.human[row])) &&
      (!filters.grade || String(list.grades[row]) === filters.grade) &&
      (!filters.class || list.classes[row] === filters.class) &&
      (!filters.chosen || filters.chosen.has(row)) &&
      words.every((word) => list.text[row].includes(word)),
  );
}

// Where a key leads from a place among the rows shown; null for a key that does not move.
function moveTo(key, place, size, page) {
  const leads = {
    ArrowDown: place + 1,
    ArrowUp: place - 1,
    PageDown: place + page,
    PageUp: place - page,
    Home: 0,
    End: size - 1,
  };
  if (!(key in leads) || !size) return null;
  return Math.min(Math.max(leads[key], 0), size - 1);
}

// The chosen rows after a click or Space; with a run, all between the two places follow the last.
function chooseRows(chosen, shown, place, from = null) {
  const next = new Set(chosen);
  const on = !next.has(shown[place]);
  const run = from !== null;
  const [low, high] = run ? [Math.min(from, place), Math.max(from, place)] : [place, place];
  for (let one = low; one <= high; one += 1) {
    if (run || on) next.add(shown[one]);
    else next.delete(shown[one]);
  }
  return next;
}

// Different values of a column in order, for a pull-down.
function valuesOf(list, column, keep = () => true) {
  const found = new Map();
  const places = placesOf(list, column);
  for (let row = 0; row < list.size; row += 1) {
    if (places[row] >= 0 && keep(row)) found.set(places[row], list[column][row]);
  }
  return [...found].sort((a, b) => a[0] - b[0]).map((pair) => pair[1]);
}
