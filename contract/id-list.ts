/** Returns the ids with this one at the end, or without it. */
export function withOrWithout(ids: readonly string[], id: string, isIn: boolean): readonly string[] {
  const others = ids.filter(other => other !== id)
  return isIn ? [...others, id] : others
}
