import assert from "node:assert/strict";
import { test } from "node:test";

import { find, histogram, readTime } from "../src/lib/times.js";

const at = (text) => readTime(text).at;

test("dates are said as far as they are known", () => {
  const cases = [
    ["2022-01-20", "20 Jan 2022", "day"],
    ["2022-01-20T10:00:00Z", "20 Jan 2022", "day"],
    ["2022-01", "Jan 2022", "month"],
    ["2022", "2022", "year"],
    ["2022Z", "2022", "year"],
  ];
  for (const [text, said, precision] of cases) {
    assert.equal(readTime(text).said, said);
    assert.equal(readTime(text).precision, precision);
  }
  for (const text of ["", "yesterday", "20 Jan 2022"]) assert.equal(readTime(text), undefined);
});

test("a histogram has days, months or years, and those between without any", () => {
  const days = histogram(["2022-01-01", "2022-01-03", "2022-01-03"].map(at));
  assert.equal(days.unit, "day");
  assert.deepEqual(days.bins.map(({ count }) => count), [1, 0, 2]);
  const months = histogram(["2022-01-31", "2022-12-01"].map(at));
  assert.equal(months.unit, "month");
  assert.equal(months.bins.length, 12);
  const years = histogram(["1999-12-31", "2022-01-01"].map(at));
  assert.deepEqual([years.unit, years.bins.length], ["year", 24]);
});

test("each time is in its own bin", () => {
  const { bins } = histogram(["2020-02-29", "2020-03-01", "2023-01-01"].map(at));
  assert.equal(bins[find(bins, at("2020-02-29"))].said, "Feb 2020");
  assert.equal(bins[find(bins, at("2023-01-01"))].said, "Jan 2023");
});
