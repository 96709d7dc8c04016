import { parseArgs } from 'node:util'
import { copyDatabase, verifyCopy, type CopyProgress } from './database/copy.ts'
import { assertThere, CopyError, openPlace, parsePlace } from './database/place.ts'
import { runCommand } from './operator-command.ts'
import { createProgress, step, type Progress } from './progress.ts'

const usage = `Copies a database with everything in it: npm run db:copy -- FROM TO [--overwrite]

FROM and TO are embedded:FOLDER (the DATA_DIR of a server without MONGODB_URL) or mongodb://HOST/DATABASE.
Stop the servers that use them first. --overwrite replaces all that is in TO.
`

function showProgress(): CopyProgress {
  let current: Progress | undefined
  return {
    begin(collection, count) {
      step(`${collection}: ${count} documents`)
      current = createProgress(collection)
    },
    update: percent => current?.update(percent),
    end: () => current?.end()
  }
}

interface Asked {
  from: string
  to: string
  overwrite: boolean
}

async function copy(asked: Asked): Promise<void> {
  const [from, to] = [parsePlace(asked.from), parsePlace(asked.to)]
  if (from.label === to.label) throw new CopyError('Both are the same place.')
  assertThere(from)
  const source = await openPlace(from)
  try {
    const target = await openPlace(to)
    try {
      await copyDatabase(source, target, { overwrite: asked.overwrite, progress: showProgress() })
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

function read(): Asked | null {
  const {
    values: { overwrite = false },
    positionals: [from, to, ...more]
  } = parseArgs({ options: { overwrite: { type: 'boolean' } }, allowPositionals: true })
  return from !== undefined && to !== undefined && more.length === 0 ? { from, to, overwrite } : null
}

await runCommand({ usage, read, run: copy })
