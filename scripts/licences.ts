import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { Value } from 'typebox/value'

import { Lockfile } from './image/locked-packages.ts'
import { licencesPage, licencesOf } from './licences/page.ts'

// Writes docs/third-party.md: the packages in the image and the web client, with their licences. A test compares it
// with the lockfile.
const root = join(import.meta.dirname, '..')
const lockfile = Value.Parse(Lockfile, JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')))
await writeFile(join(root, 'docs/third-party.md'), licencesPage(licencesOf(lockfile)))
