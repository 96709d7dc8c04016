import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { assertThere, openRunning } from './database/place.ts'
import { openHome, placeOf, settingsFor } from './backup/home.ts'
import { ownKeys } from './backup/keys.ts'
import { makeBackup } from './backup/make-backup.ts'
import { reportToTerminal } from './backup/terminal.ts'
import { runCommand } from './operator-command.ts'
import { step } from './progress.ts'

const usage = `Writes all that a server keeps into a folder: npm run backup -- FOLDER [--live] [--with-keys]

The settings are those of the server: what MONGODB_URL or DATA_DIR, and STORAGE_URL, name is copied, read back and compared.
A server may go on running; where it writes meanwhile, --live is needed. --with-keys takes the keys along that the server made in DATA_DIR:
who has such a backup can sign in as anybody. A backup that was broken off goes on when it is asked for again.
`

interface Asked {
  folder: string
  live: boolean
  withKeys: boolean
}

async function backUp({ folder, live, withKeys }: Asked): Promise<void> {
  const config = settingsFor(process.env)
  const place = placeOf(config)
  assertThere(place)
  const { version }: { version: string } = JSON.parse(
    readFileSync(join(import.meta.dirname, '..', 'package.json'), 'utf8')
  )
  const running = await openRunning(place)
  const home = await openHome(config, running ?? undefined)
  try {
    const consistency = await makeBackup(home, folder, {
      version,
      live,
      isAlone: place.kind === 'embedded' && running === null,
      keysFrom: withKeys ? ownKeys(process.env, config.DATA_DIR) : null,
      report: reportToTerminal()
    })
    step(
      consistency === 'point'
        ? `${folder} is a backup of one moment`
        : `${folder} is a backup; what was written while it was made may be in it or not`
    )
  } finally {
    await home.close()
  }
}

function read(): Asked | null {
  const {
    values: { live = false, 'with-keys': withKeys = false },
    positionals: [folder, ...more]
  } = parseArgs({ options: { live: { type: 'boolean' }, 'with-keys': { type: 'boolean' } }, allowPositionals: true })
  return folder !== undefined && more.length === 0 ? { folder: resolve(folder), live, withKeys } : null
}

await runCommand({ usage, read, run: backUp })
