/** Makes equal names unique with a number at the end. */
export function nameApart(names: readonly string[]): readonly string[] {
  const taken: string[] = [];
  for (const name of names) {
    const candidates = [name, ...names.map((_, index) => `${name}${index + 2}`)];
    taken.push(candidates.find((candidate) => !taken.includes(candidate)) ?? name);
  }
  return taken;
}
