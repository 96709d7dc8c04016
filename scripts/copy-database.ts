import { parseArgs } from 'node:util'
import { EmbeddedStoreError } from '../plugins/embedded/errors.ts'
import { copyDatabase, verifyCopy, type CopyProgress } from './database/copy.ts'
import { assertThere, CopyError, openPlace, parsePlace } from './database/place.ts'
import { createProgress, step, type Progress } from './progress.ts'

const usage = `Copies a database with everything in it: npm run db:copy -- FROM TO [--overwrite]

FROM and TO are embedded:FOLDER (the DATA_DIR of a server without MONGODB_URL) or mongodb://HOST/DATABASE.
Stop the servers that use them first. --overwrite replaces all that is in TO.
`

function showProgress (): CopyProgress {
  let current: Progress | undefined
  return {
    begin (collection, count) {
      step(`${collection}: ${count} documents`)
      current = createProgress(collection)
    },
    update: percent => current?.update(percent),
    end: () => current?.end()
  }
}

async function copy (fromText: string, toText: string, overwrite: boolean): Promise<void> {
  const [from, to] = [parsePlace(fromText), parsePlace(toText)]
  if (from.label === to.label) throw new CopyError('Both are the same place.')
  assertThere(from)
  const source = await openPlace(from)
  try {
    const target = await openPlace(to)
    try {
      await copyDatabase(source, target, { overwrite, progress: showProgress() })
      step('reading both again to compare them')
      const count = await verifyCopy(source, target)
      step(`${count} documents of ${source.label} are in ${target.label}, and nothing else`)
    } finally {
      await target.close()
    }
  } finally {
    await source.close()
  }
}

/** The arguments, or null where they make no sense. */
function readArguments (): { from: string, to: string, overwrite: boolean } | null {
  try {
    const { values: { overwrite = false }, positionals: [from, to, ...more] } = parseArgs({ options: { overwrite: { type: 'boolean' } }, allowPositionals: true })
    return from !== undefined && to !== undefined && more.length === 0 ? { from, to, overwrite } : null
  } catch {
    return null
  }
}

const asked = readArguments()
if (!asked) {
  console.error(usage)
  process.exit(2)
}
try {
  await copy(asked.from, asked.to, asked.overwrite)
} catch (error) {
  console.error(error instanceof CopyError || error instanceof EmbeddedStoreError ? `\n${error.message}\n` : error)
  process.exitCode = 1
}
