// Outlines that cross 180°, made whole.

/** A GeoJSON geometry whose lines go on beyond ±180° where they would jump to the other side of the map. */
export function unwrapped(geometry) {
  return { ...geometry, coordinates: lines(geometry.coordinates) };
}

function lines(coordinates) {
  if (typeof coordinates[0]?.[0] !== "number") return coordinates.map(lines);
  let turns = 0;
  return coordinates.map(([x, y], at) => {
    if (at) turns -= Math.round((x - coordinates[at - 1][0]) / 360);
    return [x + 360 * turns, y];
  });
}
