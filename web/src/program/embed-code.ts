/** Height of the embedded player, px. It takes the width that it is given. */
const heightPx = 190

const references: Readonly<Record<string, string>> = { '&': '&amp;', '"': '&quot;', '<': '&lt;', '>': '&gt;' }

/** Returns the HTML that shows the player of a show on a website. */
export function embedCode(origin: string, showId: string, title: string): string {
  const name = title.replace(/[&"<>]/g, character => references[character] ?? '')
  return (
    `<iframe src="${origin}/embed/${showId}" title="${name}" width="100%" height="${heightPx}" ` +
    'style="border:0" loading="lazy" allow="autoplay"></iframe>'
  )
}
