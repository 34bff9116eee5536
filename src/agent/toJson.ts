/**
 * For answers with numbers that are computed. JSON knows no infinity, but every parser reads 1e999 as one: sums of large
 * doubles overflow, and null would hide it. Descriptions have none, and looking at each value would slow a long list down.
 */
export function toJson(value: unknown): string {
  let hasInfinity = false;
  const text = JSON.stringify(value, (_key, item: unknown) => {
    if (item !== Infinity && item !== -Infinity) return item;
    hasInfinity = true;
    return item > 0 ? '@@1e999' : '@@-1e999';
  });
  return hasInfinity ? text.replace(/"@@(-?1e999)"/g, '$1') : text;
}
