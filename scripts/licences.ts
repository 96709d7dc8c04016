import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { Value } from 'typebox/value'

import { Lockfile } from './image/locked-packages.ts'
import { licencesPage, licencesOf } from './licences/page.ts'

// Writes docs/third-party.md: the packages that are delivered, with their licences. A test holds it to the lockfile.
const root = join(import.meta.dirname, '..')
const lockfile = Value.Parse(Lockfile, JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')))
await writeFile(join(root, 'docs/third-party.md'), licencesPage(licencesOf(lockfile)))
