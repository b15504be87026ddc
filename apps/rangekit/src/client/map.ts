/** The range map of a page: which parts of its file are asked for and sent, live. */
import type { GrowthMessage, TransfersMessage } from '../inspect/protocol.ts'
import { subscribe } from './events.ts'
import type { FeedState } from './events-feed.ts'
import { Band } from './map-band.ts'
import { byId, setText } from './map-dom.ts'
import { explain } from './map-explain.ts'
import { toHar, toJson } from './map-export.ts'
import { formatBytes } from './map-format.ts'
import { RequestList } from './map-list.ts'
import { MapModel } from './map-model.ts'
import { describeNow, type Happening, type PlayerState } from './map-now.ts'
import { followPlayer } from './map-player.ts'
import { LAG, PAUSE, type Seen } from './map-seen.ts'
import { connectTips } from './map-tip.ts'
import { rememberCollapsed } from './map-toggle.ts'
import { saveFile } from './save-file.ts'

/** Milliseconds between two sentences that are read out. */
const SPEECH = 5000

const model = new MapModel(document.documentElement.dataset['key'] ?? '')
const list = new RequestList(byId('map-list'))
const band = new Band(
  {
    covered: byId('map-covered'),
    sending: byId('map-sending'),
    missing: byId('map-missing'),
    frontier: byId('map-frontier'),
    fromCache: byId('map-from-cache'),
    fromOrigin: byId('map-from-origin'),
    lanes: byId('map-lanes'),
    axis: byId('map-bytes'),
  },
  (id) => list.show(id),
)

const element = document.getElementById('media')
const media = element instanceof HTMLMediaElement ? element : undefined

let changed = new Set<string>()
let frame: number | undefined
let settling: ReturnType<typeof setTimeout> | undefined
let isHeld = false
let said: { readonly happening: Happening; readonly at: number } | undefined

const why = (seen: Seen) => explain(seen, model.all, model.scene(performance.now()))

/** Draws with the next picture of the screen, once for all that changed until then. */
function drawSoon(): void {
  if (isHeld || frame !== undefined) return
  frame = requestAnimationFrame(() => {
    frame = undefined
    draw()
  })
}

function draw(): void {
  const now = performance.now()
  band.draw(model, now, why)
  list.draw(model, changed, now)
  changed = new Set()
  const { all } = model
  byId('map-empty').hidden = all.length > 0
  byId('map').classList.toggle('is-growing', model.frontier !== undefined)
  setText(byId('map-cache-bytes'), formatBytes(model.cache?.cache.bytes ?? 0))
  setText(byId('map-origin-bytes'), formatBytes(model.cache?.origin.bytes ?? 0))
  setText(byId('map-count'), all.length > 0 ? String(all.length) : '')
  say(now)
  // A body that does not move for a while is drawn as waiting.
  clearTimeout(settling)
  const heard = all.flatMap(({ progress, heardAt }) => (progress.outcome === undefined ? heardAt : []))
  const due = heard.flatMap((heardAt) => [heardAt + LAG, heardAt + PAUSE])
  const next = Math.min(...due.filter((at) => at > now)) - now
  if (Number.isFinite(next)) settling = setTimeout(drawSoon, next + 10)
}

function playerState(): PlayerState {
  if (media === undefined) return 'no player'
  return media.buffered.length > 0 ? 'some of it' : 'nothing'
}

/** Writes what happens; reads it out only if it is something else, and not too often. */
function say(now: number): void {
  const { happening, sentence } = describeNow(model, now, playerState())
  setText(byId('map-now'), sentence)
  if (said !== undefined && (said.happening === happening || now - said.at < SPEECH)) return
  said = { happening, at: now }
  setText(byId('map-said'), sentence)
}

function hear(message: TransfersMessage): void {
  for (const id of model.apply(message, performance.now())) changed.add(id)
  if (changed.size > 0 || message.cache !== undefined) drawSoon()
}

function hearGrowth(message: GrowthMessage): void {
  model.grow(message)
  drawSoon()
}

const STATES: Readonly<Record<FeedState, string>> = {
  open: 'live',
  lost: 'connecting',
  refused: 'link expired',
}

function showState(state: FeedState): void {
  const live = byId('map-live')
  live.dataset['state'] = state
  setText(live, STATES[state])
}

function save(name: string, content: object): void {
  saveFile(name, JSON.stringify(content, null, 2), 'application/json')
}

function start(): void {
  if (media !== undefined) {
    byId('map').classList.add('has-player')
    const parts = { buffered: byId('map-buffered'), playhead: byId('map-playhead'), axis: byId('map-times') }
    followPlayer(media, parts)
    media.addEventListener('loadeddata', drawSoon)
  }
  byId('map-pause').addEventListener('click', () => {
    isHeld = !isHeld
    byId('map-pause').setAttribute('aria-pressed', String(isHeld))
    drawSoon()
  })
  byId('map-clear').addEventListener('click', () => {
    model.clear()
    // Also while it holds still.
    draw()
  })
  const name = model.key.slice(model.key.lastIndexOf('/') + 1)
  const path = model.key.split('/').map(encodeURIComponent).join('/')
  byId('map-json').addEventListener('click', () => {
    save(`${name}.ranges.json`, toJson(model, performance.now()))
  })
  byId('map-har').addEventListener('click', () => {
    const url = new URL(`api/stream/${path}`, document.baseURI).href
    save(`${name}.har`, toHar(model, url, byId('map').dataset['version'] ?? '', performance.now()))
  })
  connectTips(byId('map-band'), byId('map-tip'), list, band, (id) => {
    const seen = model.get(id)
    return seen === undefined ? '' : why(seen)
  })
  let unsubscribe: (() => void) | undefined
  rememberCollapsed(byId('map-toggle'), (isOpen) => {
    for (const id of ['map-body', 'map-tools', 'map-live']) byId(id).hidden = !isOpen
    unsubscribe?.()
    // A closed map needs no events.
    const { key } = model
    const subject = document.documentElement.hasAttribute('data-growing') ? { key, growing: key } : { key }
    const handlers = { transfers: hear, growth: hearGrowth, state: showState }
    unsubscribe = isOpen ? subscribe(subject, handlers) : undefined
    drawSoon()
  })
}

start()
