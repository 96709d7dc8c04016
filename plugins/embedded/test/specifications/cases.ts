import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { BSON, type Document } from 'mongodb'

/** An operation of a case: the entity that runs it, its arguments, and what it must do. */
export interface Operation {
  name: string
  object: string
  arguments?: Document
  expectResult?: unknown
  expectError?: Document
  saveResultAsEntity?: string
}

interface Requirement {
  minServerVersion?: string
  maxServerVersion?: string
  topologies?: string[]
  auth?: boolean
  serverless?: 'require' | 'forbid' | 'allow'
}

/** The documents of a collection, before or after a case. */
export interface CollectionData {
  databaseName: string
  collectionName: string
  documents: Document[]
}

/** A case of a file. Its `expectEvents` are not read: they are about what the driver sends, not about the store. */
export interface Case {
  description: string
  runOnRequirements?: Requirement[]
  operations: Operation[]
  outcome?: CollectionData[]
}

/** A file of MongoDB's unified test format. */
export interface SuiteFile {
  description: string
  runOnRequirements?: Requirement[]
  createEntities?: Document[]
  initialData?: CollectionData[]
  tests: Case[]
}

/** Reads the files of a folder in the order of their names. */
export async function readSuite<File>(folder: string): Promise<Array<[name: string, file: File]>> {
  const names = (await readdir(folder)).filter(name => name.endsWith('.json')).toSorted()
  return Promise.all(
    names.map(async (name): Promise<[string, File]> => [
      name,
      BSON.EJSON.parse(await readFile(join(folder, name), 'utf8'))
    ])
  )
}

function compareVersions(a: string, b: string): number {
  const [x, y] = [a, b].map(version => version.split('.').map(Number))
  for (const n of [0, 1, 2]) {
    const difference = (x?.[n] ?? 0) - (y?.[n] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}

/** Whether a case is meant for a single server of a version, without authentication. */
export function isMeantFor(version: string, { runOnRequirements }: Pick<Case, 'runOnRequirements'>): boolean {
  return (
    !runOnRequirements ||
    runOnRequirements.some(
      ({ minServerVersion = '0', maxServerVersion = '99', topologies, auth, serverless }) =>
        compareVersions(version, minServerVersion) >= 0 &&
        compareVersions(version, maxServerVersion) <= 0 &&
        (!topologies || topologies.includes('single')) &&
        auth !== true &&
        serverless !== 'require'
    )
  )
}
