import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { findMigrations } from '../plugins/app/operations/migrations/find.ts'
import { openHome, settingsFor } from './backup/home.ts'
import { keySettings, ownKeys } from './backup/keys.ts'
import { readManifest } from './backup/manifest.ts'
import { checkBackup, restoreBackup } from './backup/restore-backup.ts'
import { reportToTerminal } from './backup/terminal.ts'
import { runCommand } from './operator-command.ts'
import { step } from './progress.ts'

const usage = `Puts a backup back: npm run restore -- FOLDER [--overwrite] [--check]

The settings are those of the server it is for: MONGODB_URL or DATA_DIR, and STORAGE_URL, which may be others than the backup was made of.
Stop the servers first. Every file is checked before anything is written, and everything is read back at the end. A database or storage
that is not empty is refused; --overwrite replaces all that is there. --check looks at the backup alone and changes nothing.
`

interface Asked {
  folder: string
  overwrite: boolean
  check: boolean
}

async function restore({ folder, overwrite, check }: Asked): Promise<void> {
  const report = reportToTerminal()
  const manifest = await readManifest(folder)
  const migrations = await findMigrations(join(import.meta.dirname, '..', 'plugins', 'app', 'operations', 'migrations'))
  await checkBackup(
    folder,
    manifest,
    migrations.map(({ name }) => name),
    report
  )
  const count = manifest.collections.reduce((sum, { count }) => sum + count, 0)
  const what = `${count} documents and ${manifest.objects.length} objects of ${manifest.beganAt}`
  if (check) return step(`${what}: every file is as it was written`)
  const config = settingsFor(process.env)
  const home = await openHome(config)
  const keysTo = ownKeys(process.env, config.DATA_DIR)
  try {
    await restoreBackup(home, folder, manifest, { overwrite, keysTo, report })
    step(`${what} are in ${home.label} and its storage, and nothing else`)
    const missing = keysTo.names.filter(name => !manifest.keys.some(key => key.name === name))
    if (missing.length > 0) {
      step(
        `${missing.join(' and ')} are no part of this backup: give the server those it had (${missing.map(name => keySettings[name]).join(', ')}, or the files in its DATA_DIR)`
      )
    }
  } finally {
    await home.close()
  }
}

function read(): Asked | null {
  const {
    values: { overwrite = false, check = false },
    positionals: [folder, ...more]
  } = parseArgs({ options: { overwrite: { type: 'boolean' }, check: { type: 'boolean' } }, allowPositionals: true })
  return folder !== undefined && more.length === 0 ? { folder: resolve(folder), overwrite, check } : null
}

await runCommand({ usage, read, run: restore })
