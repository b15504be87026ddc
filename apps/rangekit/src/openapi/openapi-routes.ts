import { Hono } from 'hono'
import { jsonResponse } from '../library/json-response.ts'
import { API } from './document.ts'

/** `GET /openapi.json`, the description of the API. */
export function openApiRoutes(): Hono {
  return new Hono().get('/openapi.json', ({ req }) => jsonResponse(req.raw, API))
}
