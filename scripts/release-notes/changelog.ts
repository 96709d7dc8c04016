const heading = /^## \[([^\]]+)\](?: - (\d{4}-\d{2}-\d{2}))?\s*$/

/**
 * Returns the section of one version in a changelog in the format of Keep a Changelog, without its heading.
 * @throws Error when the version has no section, no date, or no entry
 */
export function notesOf(version: string, changelog: string): string {
  const lines = changelog.split('\n')
  const from = lines.findIndex(line => heading.exec(line)?.[1] === version)
  if (from < 0) throw new Error(`CHANGELOG.md has no section \`## [${version}] - YEAR-MONTH-DAY\`.`)
  if (heading.exec(lines[from] ?? '')?.[2] === undefined) {
    throw new Error(`CHANGELOG.md has no date for ${version}.`)
  }

  const rest = lines.slice(from + 1)
  const to = rest.findIndex(line => /^## |^\[[^\]]+\]: /.test(line))
  const notes = (to < 0 ? rest : rest.slice(0, to)).join('\n').trim()
  if (!/^- /m.test(notes)) throw new Error(`CHANGELOG.md has no entry for ${version}.`)
  return notes
}
