// Makes world.tsv: one line a country with its code, its names, a point for a badge and an outline.
// Run once, by hand, when the source changes:
//   npm pack world-atlas@2.0.2 i18n-iso-countries@7.14.0, unpack both, then
//   node world.mjs WORLD_ATLAS_FOLDER ISO_COUNTRIES_FOLDER > world.tsv
// Geometry: Natural Earth (public domain) by way of world-atlas. Names: the CLDR data inside Node.
import { readFileSync } from "node:fs";

const [atlas, iso] = process.argv.slice(2);
const read = (path) => JSON.parse(readFileSync(path, "utf8"));
const codes = new Map(read(`${iso}/codes.json`).map(([alpha2, , numeric]) => [numeric, alpha2]));
const names = ["en", "ja"].map((language) => new Intl.DisplayNames([language], { type: "region" }));

// Patterson projection (Patterson, Šavrič, Jenny 2015): familiar shapes, straight edges. Scaled to a width of 1000.
const up = (latitude) => {
  const p = (latitude * Math.PI) / 180;
  const p2 = p * p;
  const p4 = p2 * p2;
  return p * (1.0148 + p4 * (0.23185 + p2 * (-0.14499 + p2 * 0.02406)));
};
const scale = 500 / Math.PI;
const project = ([longitude, latitude]) => [500 + (longitude / 180) * 500, (up(84) - up(latitude)) * scale];
// A ring that jumps over the date line goes on beyond it; the page cuts it off and a copy shows the other part.
const unwrapped = (ring) => {
  let shift = 0;
  return ring.map(([x, y], n) => {
    if (n > 0 && x - ring[n - 1][0] > 500) shift -= 1000;
    if (n > 0 && x - ring[n - 1][0] < -500) shift += 1000;
    return [x + shift, y];
  });
};
const whole = (ring) => {
  const there = unwrapped(ring);
  const shifted = (by) => there.map(([x, y]) => [x + by, y]);
  const xs = there.map(([x]) => x);
  return [there, ...(Math.max(...xs) > 1001 ? [shifted(-1000)] : []), ...(Math.min(...xs) < -1 ? [shifted(1000)] : [])];
};

const arcsOf = ({ arcs, transform: { scale: [sx, sy], translate: [tx, ty] } }) =>
  arcs.map((arc) => {
    let [x, y] = [0, 0];
    return arc.map(([dx, dy]) => [(x += dx) * sx + tx, (y += dy) * sy + ty]);
  });
const ringsOf = (geometry, arcs) => {
  const polygons = geometry.type === "Polygon" ? [geometry.arcs] : geometry.type === "MultiPolygon" ? geometry.arcs : [];
  return polygons.flatMap((polygon) => whole(
    polygon[0].flatMap((index, n) => {
      const arc = index < 0 ? [...arcs[~index]].reverse() : arcs[index];
      return n === 0 ? arc : arc.slice(1);
    }).map(project)));
};
const area = (ring) => ring.reduce((sum, [x, y], n) => {
  const [u, v] = ring[(n + 1) % ring.length];
  return sum + (x * v - u * y) / 2;
}, 0);
const centre = (ring) => {
  const all = area(ring);
  const sum = ring.reduce(([cx, cy], [x, y], n) => {
    const [u, v] = ring[(n + 1) % ring.length];
    const cross = x * v - u * y;
    return [cx + (x + u) * cross, cy + (y + v) * cross];
  }, [0, 0]);
  return sum.map((part) => part / (6 * all));
};
const outline = (rings) => rings.map((ring) => {
  const points = ring.map((point) => point.map(Math.round))
    .filter(([x, y], n, all) => n === 0 || x !== all[n - 1][0] || y !== all[n - 1][1]);
  const last = points.at(-1);
  if (points.length > 1 && last[0] === points[0][0] && last[1] === points[0][1]) points.pop();
  if (points.length < 3) return "";
  let [px, py] = points[0];
  const steps = points.slice(1).map(([x, y]) => {
    const [dx, dy] = [x - px, y - py];
    [px, py] = [x, y];
    return `${dx}${dy < 0 ? "" : " "}${dy}`;
  });
  return `M${points[0][0]} ${points[0][1]}l${steps.join(" ").replaceAll(" -", "-")}z`;
}).join("");

const codeOf = ({ id, properties: { name } }) => codes.get(id) ?? (name === "Kosovo" ? "XK" : "");
const fine = read(`${atlas}/countries-50m.json`);
const coarse = read(`${atlas}/countries-110m.json`);
const fineArcs = arcsOf(fine);
const coarseArcs = arcsOf(coarse);
const countries = new Map();
for (const geometry of fine.objects.countries.geometries) {
  const code = codeOf(geometry);
  const rings = ringsOf(geometry, fineArcs);
  if (!code || code === "AQ" || rings.length === 0) continue;
  const largest = rings.reduce((best, ring) => (Math.abs(area(ring)) > Math.abs(area(best)) ? ring : best));
  countries.set(code, { centre: centre(largest).map(Math.round), outline: "" });
}
let unclaimed = "";
for (const geometry of coarse.objects.countries.geometries) {
  const code = codeOf(geometry);
  const path = outline(ringsOf(geometry, coarseArcs));
  if (code === "AQ") continue;
  if (countries.has(code)) countries.get(code).outline = path;
  else unclaimed += path;
}
console.log(["code", "en", "ja", "x", "y", "outline"].join("\t"));
for (const [code, { centre: [x, y], outline }] of [...countries].sort(([a], [b]) => (a < b ? -1 : 1))) {
  console.log([code, ...names.map((name) => name.of(code)), x, y, outline].join("\t"));
}
console.log(["", "", "", 0, 0, unclaimed].join("\t"));
