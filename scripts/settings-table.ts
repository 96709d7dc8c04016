/*
 * npm run docs:settings
 *
 * Writes the table of settings in docs/operators.md from config/config.ts.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Settings } from '../config/config.ts'

interface Described {
  description: string
  default?: string | number | boolean
}

/** Defaults that depend on the machine; their description says how. */
const ofTheMachine: ReadonlySet<string> = new Set(['MEDIA_WORKERS'])
const first = '<!-- settings: npm run docs:settings -->'
const last = '<!-- /settings -->'

/** The page that tells of the settings. */
export const settingsPage = join(import.meta.dirname, '..', 'docs', 'operators.md')

/** The page with the table of all settings in it, made from their schemas. Throws when it has no place for the table. */
export function withSettings(page: string): string {
  const [before, rest] = page.split(first)
  const after = rest?.split(last)[1]
  if (before === undefined || after === undefined) {
    throw new Error(`docs/operators.md needs the lines ${first} and ${last}`)
  }
  return `${before}${first}\n${table()}\n${last}${after}`
}

function table(): string {
  const settings: Record<string, Described> = JSON.parse(JSON.stringify(Settings.properties))
  const rows = Object.entries(settings).map(
    ([name, { description, default: value }]) =>
      `| \`${name}\` | ${shown(ofTheMachine.has(name) ? undefined : value)} | ${description} |`
  )
  return ['| name | default | meaning |', '|---|---|---|', ...rows].join('\n')
}

function shown(value: Described['default']): string {
  if (value === undefined) return ''
  if (typeof value === 'boolean') return value ? 'on' : 'off'
  return `\`${value}\``
}

if (import.meta.main) await writeFile(settingsPage, withSettings(await readFile(settingsPage, 'utf8')))
