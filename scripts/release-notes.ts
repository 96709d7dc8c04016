import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

import { notesOf } from './release-notes/changelog.ts'

// Prints the notes of a release from CHANGELOG.md: node scripts/release-notes.ts v1.2.0
// Fails when the tag differs from the version in package.json, or the changelog has no entry for it.
const root = join(import.meta.dirname, '..')
const [tag = ''] = process.argv.slice(2)
const version = tag.replace(/^v/, '')
const { version: packaged } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))

try {
  if (version !== packaged) throw new Error(`The tag is ${tag}, but package.json says ${packaged}.`)
  console.log(notesOf(version, await readFile(join(root, 'CHANGELOG.md'), 'utf8')))
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
