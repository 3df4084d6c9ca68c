// Bundles src/ into server/static/build: scripts, styles, the basemap, the licences of what is in them.
// The same sources and lock file give the same bytes.

import { createHash } from "node:crypto";
import { mkdir, readFile, readdir, rename, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { build } from "esbuild";
import polylabel from "polylabel";
import { feature, quantize } from "topojson-client";
import { presimplify, simplify } from "topojson-simplify";

import { unwrapped } from "./src/lib/unwrap.js";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const TARGET = join(HERE, "../server/static/build");
const FRESH = join(HERE, "node_modules/.fresh");
const PAGES = ["map", "graph", "query", "suggest"];
// Of the basemap: square degrees of the smallest corner kept, and steps of the grid. Coarser shows at zoom 7,
// finer is not worth its bytes: 130 kB when compressed.
const SMALLEST_CORNER = 0.002;
const GRID = 2e4;

/** The countries of Natural Earth at 1:50 million, simplified, without Antarctica; text of a TopoJSON file. */
async function basemap() {
  const source = createRequire(import.meta.url).resolve("world-atlas/countries-50m.json");
  const world = JSON.parse(await readFile(source, "utf8"));
  delete world.objects.land;
  const { countries } = world.objects;
  countries.geometries = countries.geometries.filter(({ properties }) => properties.name !== "Antarctica");
  for (const country of countries.geometries) {
    country.properties.at = middle(unwrapped(feature(world, country).geometry));
  }
  return JSON.stringify(quantize(simplify(presimplify(world), SMALLEST_CORNER), GRID));
}

/** Where the name of a country stands: [longitude, latitude] well inside its largest part. */
function middle({ type, coordinates }) {
  const parts = type === "Polygon" ? [coordinates] : coordinates;
  const largest = parts.reduce((one, other) => (area(other[0]) > area(one[0]) ? other : one));
  const [x, y] = polylabel(largest, 0.1);
  return [Number(x.toFixed(1)), Number(y.toFixed(1))];
}

function area(ring) {
  const pieces = ring.map(([x, y], at) => {
    const [nextX, nextY] = ring[(at + 1) % ring.length];
    return x * nextY - nextX * y;
  });
  return Math.abs(pieces.reduce((sum, piece) => sum + piece, 0)) / 2;
}

/** Name, version and licence text of each package that may be in the bundles. */
async function licences() {
  const lock = JSON.parse(await readFile(join(HERE, "package-lock.json"), "utf8"));
  const folders = Object.keys(lock.packages).filter((path) => path && !lock.packages[path].dev);
  return (await Promise.all(folders.sort().map(licence))).join("\n");
}

async function licence(path) {
  const folder = join(HERE, path);
  const { name, version, license } = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
  const texts = (await readdir(folder)).filter((file) => /^(licen[cs]e|copying|notice)/i.test(file)).sort();
  const said = await Promise.all(texts.map((file) => readFile(join(folder, file), "utf8")));
  const text = said.length ? said.join("\n").trim() : "The package names its licence and has no text of it.";
  return `${"=".repeat(78)}\n${name} ${version} (${license})\n\n${text}\n`;
}

await rm(FRESH, { recursive: true, force: true });
await mkdir(FRESH, { recursive: true });
const land = await basemap();
await writeFile(join(FRESH, "land.json"), land);
await writeFile(join(FRESH, "LICENSES.txt"), await licences());
await build({
  absWorkingDir: HERE,
  entryPoints: PAGES.map((name) => `src/${name}.js`),
  outdir: FRESH,
  bundle: true,
  splitting: true,
  format: "esm",
  target: "es2022",
  minify: true,
  legalComments: "none", // LICENSES.txt has them
  assetNames: "[name]-[hash]",
  chunkNames: "part-[hash]",
  loader: { ".png": "file" },
  define: { LAND_VERSION: JSON.stringify(createHash("sha256").update(land).digest("hex").slice(0, 12)) },
  logLevel: "warning",
});
await rm(TARGET, { recursive: true, force: true }); // at the end, as a running server sends what is there
await rename(FRESH, TARGET);
