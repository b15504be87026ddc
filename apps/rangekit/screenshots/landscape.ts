/** The colours of a landscape in motion, as ffmpeg writes them: `0xRRGGBB`. */
export interface Landscape {
  /** Chooses the outline of the ridges. */
  readonly seed: number
  /** From the top down. */
  readonly sky: readonly [string, string, string]
  /** The sun or moon, and where it stands, as fractions of the picture. */
  readonly disc?: { readonly colour: string; readonly x: number; readonly y: number }
  /** From the farthest to the nearest. */
  readonly ridges: readonly [string, string, string, string]
  readonly stars?: boolean
}

export interface Frame {
  /** Pixels. */
  readonly size: readonly [width: number, height: number]
  /** Pictures per second. */
  readonly rate: number
}

/** After so many seconds, a landscape repeats seamlessly. */
export const LOOP = 30

/** For each ridge: its height in the picture, and how many picture widths it passes in a loop. */
const RIDGES = [
  { level: 0.55, rough: 0.05, passes: 1 },
  { level: 0.64, rough: 0.07, passes: 2 },
  { level: 0.74, rough: 0.08, passes: 3 },
  { level: 0.87, rough: 0.06, passes: 4 },
] as const

/** An ffmpeg filter graph that draws a landscape with four ridges passing by, and ends in `[film]`. */
export function drawLandscape({ seed, sky, disc, ridges, stars }: Landscape, frame: Frame): string {
  const { rate } = frame
  const [width, height] = frame.size
  const size = `s=${width}x${height}:r=${rate}`
  const [top, middle, bottom] = sky
  const line = `x0=0:y0=0:x1=0:y1=${Math.round(height * 0.75)}`
  const layers: string[] = []
  if (stars) layers.push(still(`color=white:${size}`, STARS))
  if (disc) layers.push(still(`color=${disc.colour}:${size}`, circle(disc.x, disc.y)))
  const passing = RIDGES.map(({ level, rough, passes }, index) => {
    const ridge = still(
      `color=${ridges[index]}:s=${width * 2}x${height}:r=${rate}`,
      outline(seed + index, level, rough),
    )
    return { ridge, x: `-mod(t*${(width * passes) / LOOP}\\,${width})` }
  })
  const overlays = [...layers.map((ridge) => ({ ridge, x: '0' })), ...passing]
  return [
    `gradients=${size}:n=3:c0=${top}:c1=${middle}:c2=${bottom}:${line}:speed=0.00001,setsar=1[back0]`,
    ...overlays.map(({ ridge }, index) => `${ridge}[layer${index}]`),
    ...overlays.map(({ x }, index) => `[back${index}][layer${index}]overlay=x='${x}':y=0[back${index + 1}]`),
    `[back${overlays.length}]format=yuv420p[film]`,
  ].join(';')
}

const STARS = 'if(lt(random(1)\\,0.0009)*lt(Y\\,H*0.6)\\,60+180*random(2)\\,0)'

/** The opacity of a disc with a soft edge. */
function circle(x: number, y: number): string {
  return `clip(255*(1.04-hypot(X-W*${x}\\,Y-H*${y})/(H*0.11))*6\\,0\\,235)`
}

/** A picture whose opacity is computed once, and which then stands still. */
function still(source: string, alpha: string): string {
  const colours = "r='r(X,Y)':g='g(X,Y)':b='b(X,Y)'"
  return `${source},format=rgba,trim=end_frame=1,geq=${colours}:a='${alpha}',loop=-1:1`
}

/** The opacity of a ridge: waves whose lengths divide the width, so that its end joins its beginning. */
function outline(seed: number, level: number, rough: number): string {
  const waves = [2, 3, 5, 11, 23].map((count, wave) => {
    const share = (rough / (wave + 1)).toFixed(4)
    return `${share}*sin(4*PI*${count}*X/W+${(seed * 2.3 + wave * (1.7 + seed / 5)).toFixed(1)})`
  })
  return `clip(255*(Y-H*(${level}+${waves.join('+')}))/2\\,0\\,255)`
}
