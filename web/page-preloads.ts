import type { OutputBundle, OutputChunk } from 'rolldown'
import type { Plugin } from 'vite'

/** Pages that many visits begin with: the name of their HTML, and their module. */
export const pages = { home: '/src/pages/home.tsx', show: '/src/pages/show.tsx' } as const

/**
 * Writes an HTML file for each page that many visits begin with. It names the scripts and styles of the page, so that
 * the browser loads them together with the first script, not after it.
 */
export function pagePreloads(): Plugin {
  return {
    name: 'page-preloads',
    apply: 'build',
    generateBundle: {
      order: 'post',
      handler(_options, bundle) {
        const index = bundle['index.html']
        if (index?.type !== 'asset') return this.error('the build has no index.html')
        const html = String(index.source)
        for (const [name, module] of Object.entries(pages)) {
          const chunk = findChunk(bundle, module)
          if (!chunk) return this.error(`the build has no chunk for ${module}`)
          const tags = preloadTags(bundle, chunk).filter(({ href }) => !html.includes(href))
          const source = html.replace('  </head>', `${tags.map(({ tag }) => `    ${tag}\n`).join('')}  </head>`)
          this.emitFile({ type: 'asset', fileName: `${name}.html`, source })
        }
      }
    }
  }
}

interface PreloadTag {
  href: string
  tag: string
}

function preloadTags(bundle: OutputBundle, page: OutputChunk): PreloadTag[] {
  return filesOf(bundle, page).map(fileName => ({
    href: `/${fileName}`,
    tag: `<link rel="${fileName.endsWith('.css') ? 'stylesheet' : 'modulepreload'}" crossorigin href="/${fileName}">`
  }))
}

/** Returns the scripts and styles that a chunk needs to run. */
export function filesOf(bundle: OutputBundle, chunk: OutputChunk): string[] {
  const chunks = withImports(bundle, chunk)
  const styles = new Set(chunks.flatMap(({ viteMetadata }) => [...(viteMetadata?.importedCss ?? [])]))
  return [...chunks.map(({ fileName }) => fileName), ...styles]
}

/** Returns the chunk that begins with a module; undefined when the build has none. */
export function findChunk(bundle: OutputBundle, module: string): OutputChunk | undefined {
  const chunk = Object.values(bundle).find(output => output.type === 'chunk' && output.facadeModuleId?.endsWith(module))
  return chunk?.type === 'chunk' ? chunk : undefined
}

/** Returns a chunk and all that it imports at once. */
function withImports(bundle: OutputBundle, page: OutputChunk): OutputChunk[] {
  const chunks = new Set<OutputChunk>([page])
  for (const chunk of chunks) {
    for (const fileName of chunk.imports) {
      const imported = bundle[fileName]
      if (imported?.type === 'chunk') chunks.add(imported)
    }
  }
  return [...chunks]
}
