import sharp from 'sharp'

const sizePx = 600

/** Draws an evening landscape with sky, sun and hills in three colors, as a PNG. */
export async function landscape(sky: string, sun: string, ground: string): Promise<Buffer> {
  return await renderSvg(`
    <defs><linearGradient id="sky" x2="0" y2="1">
    <stop stop-color="${sky}"/>
    <stop offset="1" stop-color="${sun}"/>
    </linearGradient></defs>
    <rect width="100" height="100" fill="url(#sky)"/>
    <circle cx="64" cy="46" r="13" fill="${sun}" style="filter:brightness(1.25)"/>
    <circle cx="64" cy="46" r="11" fill="#fff" opacity="0.55"/>
    <path d="M0 66Q18 52 38 63T74 60T100 66V100H0Z" fill="${ground}" opacity="0.75"/>
    <path d="M0 78Q26 68 52 77T100 76V100H0Z" fill="${ground}"/>`)
}

/** Draws a simple portrait of a person, as a PNG. */
export async function portrait(wall: string, skin: string, hair: string, shirt: string): Promise<Buffer> {
  return await renderSvg(`
    <rect width="100" height="100" fill="${wall}"/>
    <circle cx="78" cy="20" r="34" fill="#fff" opacity="0.07"/>
    <path d="M50 62C76 62 86 80 88 100H12C14 80 24 62 50 62Z" fill="${shirt}"/>
    <path d="M42 52H58V66Q50 74 42 66Z" fill="${skin}"/>
    <path d="M27 42C25 14 75 14 73 42C76 60 70 66 68 68C70 50 66 42 58 36
      C48 40 36 38 33 46C32 56 33 62 33 68C29 64 25 56 27 42Z" fill="${hair}"/>
    <ellipse cx="50" cy="42" rx="17" ry="20" fill="${skin}"/>
    <path d="M32 40C33 22 67 22 68 40C60 36 56 30 52 28C46 34 38 34 32 40Z" fill="${hair}"/>`)
}

async function renderSvg(inside: string): Promise<Buffer> {
  return await sharp(
    Buffer.from(
      `<svg xmlns="http://www.w3.org/2000/svg" width="${sizePx}" height="${sizePx}" viewBox="0 0 100 100">
        ${inside}
      </svg>`
    )
  )
    .png()
    .toBuffer()
}
