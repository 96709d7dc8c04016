/** Returns the language that is named most often; null when there is none. */
export function mainLanguageOf(languages: readonly string[]): string | null {
  const groups = [...Map.groupBy(languages, language => language)]
  return groups.toSorted(([, a], [, b]) => b.length - a.length)[0]?.[0] ?? null
}
