import { mkdir, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'

import { stopCommands } from './command.ts'
import { packSdk } from './sdk/pack.ts'
import { SetupError } from './setup-error.ts'

// Packs the SDK into a tarball that installs into any project: npm run pack:sdk [-- --out FOLDER]
// Without --out the tarball is written into the folder that npm was called from.
const root = join(import.meta.dirname, '..')

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stopCommands)

try {
  const { values } = parseArgs({ options: { out: { type: 'string' } } })
  const calledFrom = process.env.INIT_CWD ?? process.cwd()
  const target = resolve(calledFrom, values.out ?? '.')
  await mkdir(target, { recursive: true })
  const tarball = await packSdk(root, target)
  const { size } = await stat(tarball)
  console.log(`Wrote ${tarball} (${Math.ceil(size / 1024)} KiB).`)
  console.log(`Install it in your app: npm install ${tarball}`)
} catch (error) {
  const isUsageError = error instanceof TypeError && 'code' in error
  console.error(error instanceof SetupError || isUsageError ? error.message : error)
  process.exitCode = isUsageError ? 2 : 1
}
