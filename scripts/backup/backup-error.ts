/** Explains to the operator why a backup cannot be made or restored. */
export class BackupError extends Error {
  override name = 'BackupError'
}
