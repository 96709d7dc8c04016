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
  savepoint: StatementSync
  releaseSavepoint: StatementSync
  rollbackToSavepoint: StatementSync
}

/** The open file, with its catalog of collections and the cursors that clients have on them. */
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
      savepoint: db.prepare('SAVEPOINT command'),
      releaseSavepoint: db.prepare('RELEASE command'),
      rollbackToSavepoint: db.prepare('ROLLBACK TO command')
    }
  }

  begin(): void {
    this.#statements.begin.run()
  }

  /** Commits: everything since `begin` is on disk when this returns. If it cannot be, undoes everything and throws. */
  commit(): void {
    try {
      // SQLite rolls back the whole transaction by itself when the disk is full or broken.
      if (!this.#db.isTransaction) throw new Error('SQLite has rolled back the transaction')
      this.#statements.commit.run()
      this.catalog.onCommit()
    } catch (error) {
      this.rollback()
      throw explainWriteError(error)
    }
  }

  rollback(): void {
    if (this.#db.isTransaction) this.#statements.rollback.run()
    this.catalog.onRollback()
  }

  /** Runs a part of a transaction. If it throws, only this part is rolled back. */
  runInSavepoint<Result>(run: () => Result): Result {
    if (!this.#db.isTransaction) throw new Error('SQLite has rolled back the transaction')
    this.#statements.savepoint.run()
    try {
      return run()
    } catch (error) {
      if (this.#db.isTransaction) this.#statements.rollbackToSavepoint.run()
      this.catalog.onRollback()
      throw explainWriteError(error)
    } finally {
      if (this.#db.isTransaction) this.#statements.releaseSavepoint.run()
    }
  }

  close(): void {
    this.cursors.clear()
    this.#db.close()
  }
}

/** Returns an error that tells the client that the disk is full, or the given error if it has another reason. */
function explainWriteError(error: unknown): unknown {
  if (sqliteCodeOf(error) !== sqliteFull) return error
  return new CommandError('OutOfDiskSpace', 'there is no space left on the disk that DATA_DIR is on')
}
