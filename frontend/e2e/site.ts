import { readFile, stat } from 'node:fs/promises'
import http, {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { extname, join, normalize } from 'node:path'
import type { Duplex } from 'node:stream'
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

/** The exported app on a port of its own, as the binary serves it. */
export async function serveSite(
  backend: { port: number } | null = null,
): Promise<{ origin: string; server: Server }> {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost')
    if (backend && pathname.startsWith('/api/')) return forward(backend.port, request, response)
    read(pathname).then(
      ({ path, bytes }) => {
        response.writeHead(200, { 'content-type': types[extname(path)] ?? 'text/plain' })
        response.end(bytes)
      },
      () => response.writeHead(404).end(),
    )
  })
  if (backend) server.on('upgrade', (request, socket) => tunnel(backend.port, request, socket))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return { origin: `http://127.0.0.1:${port}`, server }
}

function forward(port: number, request: IncomingMessage, response: ServerResponse) {
  const { method, headers, url: path } = request
  const onward = http.request({ host: '127.0.0.1', port, method, headers, path }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers)
    answer.pipe(response)
  })
  onward.on('error', () => response.destroy())
  request.pipe(onward)
}

function tunnel(port: number, request: IncomingMessage, socket: Duplex) {
  const onward = connect(port, '127.0.0.1', () => {
    const lines = [`GET ${request.url} HTTP/1.1`]
    for (let index = 0; index < request.rawHeaders.length; index += 2) {
      lines.push(`${request.rawHeaders[index]}: ${request.rawHeaders[index + 1]}`)
    }
    onward.write(`${lines.join('\r\n')}\r\n\r\n`)
    onward.pipe(socket).pipe(onward)
  })
  onward.on('error', () => socket.destroy())
  socket.on('error', () => onward.destroy())
}

async function read(pathname: string) {
  const path = join(root, normalize(pathname))
  const isFolder = (await stat(path)).isDirectory()
  const file = isFolder ? join(path, 'index.html') : path
  return { path: file, bytes: await readFile(file) }
}
