import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { CommandError } from '../errors.ts'
import { Catalog } from './catalog.ts'
import { Cursors } from './cursors.ts'
import { sqliteCodeOf } from './database.ts'

const sqliteFull = 13

interface Statements {
  begin: StatementSync
  commit: StatementSync
  rollback: StatementSync
  mark: StatementSync
  release: StatementSync
  undo: StatementSync
}

/** Everything there is: the file, the catalog of what it holds, and the cursors that rest on it. */
export class Store {
  readonly catalog: Catalog
  readonly cursors = new Cursors()
  readonly #db: DatabaseSync
  readonly #statements: Statements

  constructor(db: DatabaseSync) {
    this.#db = db
    this.catalog = new Catalog(db)
    this.#statements = {
      begin: db.prepare('BEGIN IMMEDIATE'),
      commit: db.prepare('COMMIT'),
      rollback: db.prepare('ROLLBACK'),
      mark: db.prepare('SAVEPOINT command'),
      release: db.prepare('RELEASE command'),
      undo: db.prepare('ROLLBACK TO command')
    }
  }

  begin(): void {
    this.#statements.begin.run()
  }

  /** On disk when it returns. Throws, with everything since `begin` undone, where that can't be. */
  commit(): void {
    try {
      // SQLite undoes the whole transaction by itself when the disk is full or broken.
      if (!this.#db.isTransaction) throw new Error('the transaction was undone')
      this.#statements.commit.run()
      this.catalog.committed()
    } catch (error) {
      this.rollback()
      throw explainWriteError(error)
    }
  }

  rollback(): void {
    if (this.#db.isTransaction) this.#statements.rollback.run()
    this.catalog.undone()
  }

  /** Runs a part of a transaction that is undone by itself when it throws. */
  partly<Result>(run: () => Result): Result {
    if (!this.#db.isTransaction) throw new Error('the transaction was undone')
    this.#statements.mark.run()
    try {
      return run()
    } catch (error) {
      if (this.#db.isTransaction) this.#statements.undo.run()
      this.catalog.undone()
      throw explainWriteError(error)
    } finally {
      if (this.#db.isTransaction) this.#statements.release.run()
    }
  }

  close(): void {
    this.cursors.clear()
    this.#db.close()
  }
}

function explainWriteError(error: unknown): unknown {
  if (sqliteCodeOf(error) !== sqliteFull) return error
  return new CommandError('OutOfDiskSpace', 'there is no space left on the disk that DATA_DIR is on')
}
