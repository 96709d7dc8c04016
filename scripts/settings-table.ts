/*
 * npm run docs:settings
 *
 * Writes the table of settings in docs/operators.md from config/settings.ts.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Settings } from '../config/settings.ts'

interface Described {
  description: string
  default?: string | number | boolean
}

/** Settings with a default that depends on the machine. Their descriptions explain it. */
const machineDependent: ReadonlySet<string> = new Set(['MEDIA_WORKERS'])
const startMarker = '<!-- settings: npm run docs:settings -->'
const endMarker = '<!-- /settings -->'

/** The page that contains the table of settings. */
export const settingsPage = join(import.meta.dirname, '..', 'docs', 'operators.md')

/**
 * Returns the page with a new table of all settings, generated from their schemas.
 * @throws Error when the page does not contain both markers
 */
export function withSettings(page: string): string {
  const [before, rest] = page.split(startMarker)
  const after = rest?.split(endMarker)[1]
  if (before === undefined || after === undefined) {
    throw new Error(`docs/operators.md needs the lines ${startMarker} and ${endMarker}`)
  }
  return `${before}${startMarker}\n${table()}\n${endMarker}${after}`
}

function table(): string {
  const settings: Record<string, Described> = JSON.parse(JSON.stringify(Settings.properties))
  const rows = Object.entries(settings).map(
    ([name, { description, default: value }]) =>
      `| \`${name}\` | ${formatDefault(machineDependent.has(name) ? undefined : value)} | ${description} |`
  )
  return ['| name | default | meaning |', '|---|---|---|', ...rows].join('\n')
}

function formatDefault(value: Described['default']): string {
  if (value === undefined) return ''
  if (typeof value === 'boolean') return value ? 'on' : 'off'
  return `\`${value}\``
}

if (import.meta.main) await writeFile(settingsPage, withSettings(await readFile(settingsPage, 'utf8')))
