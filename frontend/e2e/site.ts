import { readFile, stat } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../out/', import.meta.url))
const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
  '.txt': 'text/plain',
}

/** The exported app on a port of its own, for the in-process server. */
export async function serveSite(): Promise<{ origin: string; server: Server }> {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost')
    read(pathname).then(
      ({ path, bytes }) => {
        response.writeHead(200, { 'content-type': types[extname(path)] ?? 'text/plain' })
        response.end(bytes)
      },
      () => response.writeHead(404).end(),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return { origin: `http://127.0.0.1:${port}`, server }
}

async function read(pathname: string) {
  const path = join(root, normalize(pathname))
  const isFolder = (await stat(path)).isDirectory()
  const file = isFolder ? join(path, 'index.html') : path
  return { path: file, bytes: await readFile(file) }
}
