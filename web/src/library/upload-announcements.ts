import type { Upload } from './upload.ts'

/** The texts of the live region for uploads. */
export const uploadAnnouncements = {
  ready: (name: string) => `${name} is ready`,
  failed: (name: string, message: string) => `${name} failed: ${message}`,
  retrying: (name: string) => `Trying ${name} again`,
  notRetried: (name: string, message: string) => `${name}: ${message}`,
  canceled: (name: string) => `Upload of ${name} canceled`,

  /** Describes files that were just added: how many are uploading, and which or how many were refused. */
  added(uploads: readonly Pick<Upload, 'name' | 'error'>[]): string {
    const accepted = uploads.filter(({ error }) => !error)
    const refused = uploads.filter(({ error }) => error)
    return [...uploading(accepted), ...cannotBeUploaded(refused)].join('. ')
  }
}

function uploading(uploads: readonly Pick<Upload, 'name'>[]): string[] {
  const [first] = uploads
  if (!first) return []
  return [`Uploading ${uploads.length === 1 ? first.name : `${uploads.length} files`}`]
}

function cannotBeUploaded(uploads: readonly Pick<Upload, 'name' | 'error'>[]): string[] {
  const [first] = uploads
  if (!first) return []
  return uploads.length === 1
    ? [`${first.name} can’t be uploaded: ${first.error?.message}`]
    : [`${uploads.length} files can’t be uploaded`]
}
