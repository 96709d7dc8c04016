import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse } from 'yaml'
import { parseManifests, type Manifest } from '../../../scripts/check-k8s/manifest.ts'

const folder = join(import.meta.dirname, '../../../k8s/base')
const text = async (file: string) => await readFile(join(folder, file), 'utf8')

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
