import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse } from 'yaml'
import { node, parseManifests, workloads, type Manifest } from '../../../scripts/check-k8s/manifest.ts'

const folder = join(import.meta.dirname, '../../../k8s')
const text = async (file: string) => await readFile(join(folder, 'base', file), 'utf8')

/**
 * Returns the output of kustomize for k8s/base, without names and labels: its resources, and the settings as a
 * ConfigMap.
 */
export async function readBase(): Promise<Manifest[]> {
  const { resources }: { resources: string[] } = parse(await text('kustomization.yaml'))
  const files = await Promise.all(resources.map(text))
  const lines = (await text('settings.env')).split('\n').filter(line => line.includes('=') && !line.startsWith('#'))
  const data = Object.fromEntries(
    lines.map(line => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)])
  )
  return [
    ...files.flatMap(parseManifests),
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'ambient-settings' }, data }
  ]
}

/** Returns k8s/base with the CronJob of backups, and a server with its database and storage, as overlays have it. */
export async function readBaseWithBackup(): Promise<Manifest[]> {
  const backup = parseManifests(await readFile(join(folder, 'components/backup/cron-job.yaml'), 'utf8'))
  const manifests = [...(await readBase()), ...backup]
  const [its] = workloads(backup)
  const secrets = its?.template.spec.containers[0]?.env?.filter(({ valueFrom }) => valueFrom?.secretKeyRef) ?? []
  const { container } = node(manifests)
  container.env = [...(container.env ?? []), ...secrets]
  return manifests
}
