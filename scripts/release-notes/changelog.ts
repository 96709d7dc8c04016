const heading = /^## \[([^\]]+)\](?: - (\d{4}-\d{2}-\d{2}))?\s*$/

/**
 * What a changelog in the form of Keep a Changelog says of one version, without its heading.
 * @throws Error when there is no such version, it has no day, or nothing is said of it
 */
export function notesOf(version: string, changelog: string): string {
  const lines = changelog.split('\n')
  const from = lines.findIndex(line => heading.exec(line)?.[1] === version)
  if (from < 0) throw new Error(`CHANGELOG.md has no section \`## [${version}] - YEAR-MONTH-DAY\`.`)
  if (heading.exec(lines[from] ?? '')?.[2] === undefined) {
    throw new Error(`CHANGELOG.md does not say from which day ${version} is.`)
  }

  const rest = lines.slice(from + 1)
  const to = rest.findIndex(line => /^## |^\[[^\]]+\]: /.test(line))
  const notes = (to < 0 ? rest : rest.slice(0, to)).join('\n').trim()
  if (!/^- /m.test(notes)) throw new Error(`CHANGELOG.md says nothing of ${version}.`)
  return notes
}
