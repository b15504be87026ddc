import { html } from 'hono/html'
import manifest from '../../package.json' with { type: 'json' }
import { type Html, renderIcon } from './layout.ts'

/** What the colours of the map mean: a class of map.css, and words. */
const LEGEND = [
  ['asked', 'asked for'],
  ['sending', 'being sent'],
  ['complete', 'sent in full'],
  ['stopped', 'stopped early'],
  ['failed', 'failed'],
  ['ever', 'sent before'],
] as const
const GROWTH_LEGEND = [
  ['missing', 'not written yet'],
  ['awaiting', 'waiting for the writer'],
] as const
const PLAYER_LEGEND = [
  ['buffered', 'buffered by the player'],
  ['playhead', 'playing'],
] as const

/**
 * The range map of the file whose key is `document.documentElement.dataset.key`, and of the player `#media` if the page
 * has one. Load `map.js` and `map.css` with it.
 *
 * @param isCached whether there is a cache between the file and its origin.
 */
export function mapView(isCached: boolean): Html {
  const legend = (entries: readonly (readonly [string, string])[]) =>
    entries.map(
      ([name, words]) => html`<li><span class="map-swatch" data-name="${name}"></span>${words}</li>`,
    )
  return html`<section class="map panel${isCached && ' has-cache'}" id="map" aria-labelledby="map-title" data-version="${manifest.version}">
    <header class="map-head">
      <h2 id="map-title"><button type="button" class="map-toggle" id="map-toggle" aria-expanded="true" aria-controls="map-body">Range map${renderIcon('down')}</button></h2>
      <p class="map-live chip" id="map-live" data-state="lost">connecting</p>
      <div class="map-tools" id="map-tools">
        <button type="button" class="icon-button" id="map-pause" aria-pressed="false" title="Hold the picture still">${renderIcon('pause')}<span class="visually-hidden">Hold still</span></button>
        <button type="button" class="icon-button" id="map-clear" title="Forget the requests so far">${renderIcon('clear')}<span class="visually-hidden">Clear</span></button>
      </div>
    </header>
    <div class="map-body" id="map-body">
      <p class="map-now" id="map-now"></p>
      <p class="visually-hidden" role="status" id="map-said"></p>
      <div class="map-band" id="map-band" role="group" aria-label="The file from its first byte to its last" aria-describedby="map-now">
        <div class="map-axis" id="map-times" aria-hidden="true"></div>
        <span class="map-name map-of-player">Player</span>
        <div class="map-track map-buffered" id="map-buffered" aria-hidden="true"></div>
        <span class="map-name">File</span>
        <div class="map-track map-file" aria-hidden="true"><div id="map-covered"></div><div class="map-sending" id="map-sending"></div><div class="map-missing" id="map-missing" hidden></div></div>
        <span class="map-name map-of-cache">Cache</span>
        <div class="map-track map-cache map-of-cache" aria-hidden="true"><div class="map-from-cache" id="map-from-cache"></div><div class="map-from-origin" id="map-from-origin"></div></div>
        <span class="map-name">Requests</span>
        <div class="map-lanes" id="map-lanes"></div>
        <div class="map-axis" id="map-bytes" aria-hidden="true"></div>
        <div class="map-over" aria-hidden="true"><div class="map-frontier" id="map-frontier" hidden></div><div class="map-playhead" id="map-playhead" hidden></div></div>
        <div class="map-tip" id="map-tip" role="tooltip" hidden></div>
      </div>
      <ul class="map-legend" aria-label="Legend">
        ${legend(LEGEND)}
        <li class="map-of-growth"><ul>${legend(GROWTH_LEGEND)}</ul></li>
        <li class="map-of-player"><ul>${legend(PLAYER_LEGEND)}</ul></li>
        <li class="map-of-cache"><ul>
          <li><span class="map-swatch" data-name="from-cache"></span>from the cache: <b class="numbers" id="map-cache-bytes">0 bytes</b></li>
          <li><span class="map-swatch" data-name="from-origin"></span>from the origin: <b class="numbers" id="map-origin-bytes">0 bytes</b></li>
        </ul></li>
      </ul>
      <p class="map-note map-of-player">Times of the player are placed by their share of the duration. That is an estimate: not every second takes as many bytes.</p>
      <p class="map-note map-of-cache">The cache fetches whole blocks, some of them ahead of the player: they are from the origin once, and from the cache each time they are read after that.</p>
      <div class="map-heading">
        <h3 id="map-requests">Requests <span class="map-count muted numbers" id="map-count"></span></h3>
        <button type="button" class="button map-export" id="map-json" title="Download the requests as JSON">${renderIcon('download')}JSON</button>
        <button type="button" class="button map-export" id="map-har" title="Download the requests as an HTTP archive, for developer tools">${renderIcon('download')}HAR</button>
      </div>
      <p class="map-empty muted" id="map-empty">They appear here as the page asks for parts of the file.</p>
      <ol class="map-list" id="map-list" aria-labelledby="map-requests"></ol>
    </div>
  </section>`
}
