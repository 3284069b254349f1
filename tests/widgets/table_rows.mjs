// The pure part of the table run by node: reads a task as JSON, answers as JSON.
import { readFileSync } from "node:fs";

const source = readFileSync(process.argv[2], "utf8");
const task = JSON.parse(readFileSync(0, "utf8"));
const parts = new Function(`${source}; return { makeList, takeRanks, takeHuman, orderRows, keepRows,
  moveTo, chooseRows, valuesOf };`)();

// A whole run in here, so that 50,000 rows do not pass through JSON a hundred times.
function manyFilters({ size, rounds, seed }) {
  let state = seed;
  const draw = (most) => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return state % most;
  };
  const list = parts.makeList({
    ids: Array.from({ length: size }, (_, row) => `S${String(row).padStart(6, "0")}`),
    classes: Array.from({ length: size }, (_, row) => `${7 + (row % 3)}0${1 + (row % 8)}`),
    grades: Array.from({ length: size }, (_, row) => (row % 11 ? 7 + (row % 3) : null)),
    names: [], alerts: Array.from({ length: size }, () => draw(3)),
    due: Array.from({ length: size }, () => (draw(4) ? "" : `2026-11-0${1 + draw(9)}`)),
  });
  const faults = [];
  for (let round = 0; round < rounds; round += 1) {
    const rank = Uint32Array.from({ length: size }, (_, row) => row + 1);
    for (let row = size - 1; row > 0; row -= 1) {
      const other = draw(row + 1);
      [rank[row], rank[other]] = [rank[other], rank[row]];
    }
    const index = Uint16Array.from({ length: size }, () => (draw(20) ? draw(10001) : 65535));
    const tier = Uint8Array.from({ length: size }, () => draw(4));
    if (!parts.takeRanks(list, rank, index, tier)) faults.push(`${round}: refused`);
    const column = ["rank", "ids", "classes", "grades", "tier", "index", "alerts", "due", "share"][draw(9)];
    const order = parts.orderRows(list, column, draw(2) === 1);
    if (new Set(order).size !== size) faults.push(`${round}: ${column} lost rows`);
    const tiers = [0, 1, 2, 3].filter(() => draw(2));
    const grade = draw(2) ? "8" : "";
    const search = draw(2) ? `${draw(10)}` : "";
    const kept = parts.keepRows(list, order, { tiers, grade, search });
    let wanted = 0;
    for (let row = 0; row < size; row += 1) {
      const here = (!tiers.length || tiers.includes(tier[row]))
        && (!grade || list.grades[row] === 8) && list.text[row].includes(search);
      wanted += here ? 1 : 0;
    }
    if (kept.length !== wanted || new Set(kept).size !== wanted) faults.push(`${round}: filter`);
    if (parts.keepRows(list, order, {}).length !== size) faults.push(`${round}: not all back`);
  }
  return { faults, size: list.size };
}

function answer({ kind, columns, rank, index, tier, human, column, falling, filters, args }) {
  if (kind === "many") return manyFilters(args);
  if (kind === "move") return parts.moveTo(...args);
  if (kind === "choose") {
    const [chosen, shown, place, from] = args;
    return [...parts.chooseRows(new Set(chosen), shown, place, from)].sort((a, b) => a - b);
  }
  const list = parts.makeList(columns);
  const taken = parts.takeRanks(list, Uint32Array.from(rank), Uint16Array.from(index), Uint8Array.from(tier));
  if (human) parts.takeHuman(list, human);
  const chosen = filters?.chosen ? new Set(filters.chosen) : null;
  const order = parts.orderRows(list, column, falling);
  return {
    taken, order: [...order], kept: [...parts.keepRows(list, order, { ...filters, chosen })],
    grades: parts.valuesOf(list, "grades"),
    classes: parts.valuesOf(list, "classes", (row) => !filters?.grade || String(list.grades[row]) === filters.grade),
  };
}

process.stdout.write(JSON.stringify(answer(task)));
