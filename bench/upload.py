#!/usr/bin/env python3
"""Uploads of 5 MiB by many clients at once against a server of its own: aggregate speed, and how
much the server's memory grows meanwhile.

usage: bench/upload.py [SEWA] [--clients N] [--uploads N] [--mib N]

Prints one line. The server's anonymous memory (RssAnon) is read ten times a second; growth is its
peak above what the server had after a few uploads one by one, per upload that runs at a time. An upload counts
when it was answered: its file is synced and its row committed. Everything is on this machine: the
clients take CPU time, too.
"""
import argparse
import http.client
import json
import os
import pathlib
import re
import signal
import subprocess
import tempfile
import threading
import time

BOUNDARY = 'sewa-bench-boundary'


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('sewa', nargs='?', default='build/release/sewa')
    parser.add_argument('--clients', type=int, default=16)
    parser.add_argument('--uploads', type=int, default=160)
    parser.add_argument('--mib', type=int, default=5)
    parser.add_argument('--data', help='where the data folder is made', default=None)
    return parser.parse_args()


class Server:
    def __init__(self, sewa, folder):
        self.process = subprocess.Popen(
            [sewa, 'serve', '--demo', '--listen', '127.0.0.1:0', '--metrics-listen', '', '--data',
             folder, '--set', 'attachments.user_mib=0', '--set', 'limits.requests_per_minute=0',
             '--set', 'log.level=info'],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        for line in self.process.stdout:
            found = re.search(r'http://127\.0\.0\.1:(\d+)', line) or re.search(
                r'127\.0\.0\.1:(\d+)', line)
            if found:
                self.port = int(found.group(1))
                break
        threading.Thread(target=self.process.stdout.read, daemon=True).start()

    def memory_kib(self):
        status = pathlib.Path(f'/proc/{self.process.pid}/status').read_text()
        return int(re.search(r'RssAnon:\s+(\d+)', status).group(1))

    def token(self, person):
        link = http.client.HTTPConnection('127.0.0.1', self.port)
        link.request('POST', '/api/demo/login/', json.dumps({'person': person}))
        return json.loads(link.getresponse().read())['access']

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()


def body_of(size):
    head = (f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n'
            'Content-Type: application/pdf\r\n\r\n').encode()
    content = b'%PDF-1.7\n' + os.urandom(size - 9)
    return head + content + f'\r\n--{BOUNDARY}--\r\n'.encode()


class Clients:
    def __init__(self, server, count, body):
        self.server, self.count, self.body = server, count, body
        self.tokens = [server.token(name) for name in ('asha', 'bikash', 'chandra', 'deepa')]
        self.left = 0
        self.lock = threading.Lock()
        self.failures = []

    def take(self):
        with self.lock:
            self.left -= 1
            return self.left >= 0

    def work(self, index):
        link = http.client.HTTPConnection('127.0.0.1', self.server.port, blocksize=1 << 20)
        headers = {'Authorization': 'Bearer ' + self.tokens[index % len(self.tokens)],
                   'Content-Type': f'multipart/form-data; boundary={BOUNDARY}'}
        while self.take():
            link.request('POST', '/api/messaging/attachments/', self.body, headers)
            answer = link.getresponse()
            text = answer.read()
            if answer.status != 201:
                self.failures.append((answer.status, text))
                return

    def run(self, uploads):
        """Seconds that it took."""
        self.left = uploads
        threads = [threading.Thread(target=self.work, args=(i,)) for i in range(self.count)]
        began = time.monotonic()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return time.monotonic() - began


def main():
    given = arguments()
    with tempfile.TemporaryDirectory(dir=given.data) as folder:
        server = Server(given.sewa, folder)
        try:
            body = body_of(given.mib << 20)
            Clients(server, 1, body).run(8)
            before = server.memory_kib()
            clients = Clients(server, given.clients, body)
            peak, is_going = [0], True

            def watch():
                while is_going:
                    peak[0] = max(peak[0], server.memory_kib())
                    time.sleep(0.1)

            watcher = threading.Thread(target=watch)
            watcher.start()
            took = clients.run(given.uploads)
            is_going = False
            watcher.join()
            if clients.failures:
                raise SystemExit(f'refused: {clients.failures[0]}')
        finally:
            server.stop()
    megabytes = given.uploads * (given.mib << 20) / 1e6
    print(f'{given.uploads} uploads of {given.mib} MiB by {given.clients} clients: '
          f'{megabytes / took:.0f} MB/s, memory grew by {peak[0] - before} KiB, '
          f'{(peak[0] - before) / given.clients:.1f} KiB for each client')


if __name__ == '__main__':
    main()
